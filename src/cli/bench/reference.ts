import { add, randomUniform, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { artifactsOf } from '../../core/training/trainee';
import { kerasFiles } from '../../node/export/keras';
import { safetensorsFile } from '../../node/export/safetensors';
import { type StoredNetwork, type StoredWeight, storedNetwork } from '../../node/export/storedNetwork';
import { PlainFolder } from '../../node/files/plainFolder';
import { modelFiles } from '../../node/runs/modelFiles';
import type { LayerSubject, NetworkSubject } from './subject';
import { subjectModel } from './subjectModel';

/**
 * Writes what peers make the same network of, and compare theirs with: `network.keras` (of a layer alone there is none)
 * and `reference.safetensors`, our weights, one input, and our output for it. Returns how many values learn.
 */
export async function writeReference(
  subject: NetworkSubject | LayerSubject,
  folder: string,
): Promise<number> {
  const model = subjectModel(subject);
  moveConstants(model);
  const [input, output] = await example(model);
  const files = new PlainFolder(folder);
  const stored = await asStored(model);
  const tensors = new Map([...stored.weights, ['input', input], ['output', output]]);
  const content = {
    'reference.safetensors': safetensorsFile({ ...stored, weights: tensors }, {}),
    ...(subject.kind === 'layer' ? {} : await kerasFiles(stored, async () => files, 'network.keras')),
  };
  for (const [file, bytes] of Object.entries(content)) await files.replace(file, bytes);
  const counts = model.trainableWeights.map(({ shape }) =>
    shape.reduce((count: number, side) => count * side!, 1),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * Biases of 0, and branches that are scaled by 0, would hide a difference. Moved by more, the values of a deep network of
 * involutions, which multiply pixels by what is computed of pixels, would be too large for float32.
 */
function moveConstants({ weights }: LayersModel): void {
  for (const [i, weight] of weights.entries()) {
    const values = weight.read().dataSync();
    if (values.some((value) => value !== values[0])) continue;
    tidy(() => {
      weight.write(add(weight.read(), randomUniform(weight.read().shape, -0.1, 0.1, 'float32', i + 1)));
    });
  }
}

async function example(model: LayersModel): Promise<[input: StoredWeight, output: StoredWeight]> {
  const x = randomUniform([1, ...(model.inputs[0]!.shape.slice(1) as number[])], 0, 1, 'float32', 1);
  const y = tidy(() => model.apply(x, { training: false, kernels: false }) as Tensor);
  const stored = async (name: string, tensor: Tensor) => ({
    ...{ name, shape: tensor.shape },
    values: new Float32Array(await tensor.data()),
  });
  const output = await stored('output', y);
  if (!output.values.every(Number.isFinite))
    throw new Error('what the network computes with random weights is too large for float32.');
  return [await stored('input', x), output];
}

async function asStored(model: LayersModel): Promise<StoredNetwork> {
  const { topology, weights } = modelFiles(await artifactsOf(model));
  return storedNetwork(topology, weights);
}
