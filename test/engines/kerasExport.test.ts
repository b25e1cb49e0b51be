import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { add, type io, randomUniform, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildNetwork } from '../../src/core/network/build';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';
import { kerasArchive } from '../../src/node/export/keras';
import { kerasForms } from '../../src/node/export/kerasForms';
import { kerasNetwork } from '../../src/node/export/kerasNetwork';
import { safetensorsFile } from '../../src/node/export/safetensors';
import { type StoredNetwork, storedNetwork } from '../../src/node/export/storedNetwork';
import { PlainFolder } from '../../src/node/files/plainFolder';
import { modelFiles } from '../../src/node/runs/modelFiles';
import { ensureKeras } from '../../src/tools/setup/keras';
import { type NetworkCase, networkCases } from './networkCases';

/** Of each network: what it predicts, loaded; saved by Keras and loaded again; its moving statistics moved by the images. */
const script = `
import json, os, sys, numpy, keras
sys.path.insert(0, sys.argv[1])
import involution_layer
for i in range(int(sys.argv[3])):
    model = keras.saving.load_model(os.path.join(sys.argv[2], f"{i}.keras"))
    shape = (2, *model.input_shape[1:])
    x = (numpy.arange(numpy.prod(shape)) * 7919 % 256 / 255).astype("float32").reshape(shape)
    logits = numpy.array(model(x))
    copy = os.path.join(sys.argv[2], "copy.keras")
    model.save(copy)
    again = numpy.array(keras.saving.load_model(copy)(x))
    model(x, training=True)
    print(json.dumps({
        "name": model.name,
        "layers": [layer.name for layer in model.layers],
        "logits": logits.tolist(),
        "again": again.tolist(),
        "moved": numpy.array(model(x)).tolist(),
    }))
`;

interface InKeras {
  readonly name: string;
  readonly layers: string[];
  readonly logits: number[][];
  readonly again: number[][];
  readonly moved: number[][];
}

interface Here {
  readonly stored: StoredNetwork;
  readonly logits: number[][];
  readonly moved: number[][];
}

let engine: Engine;
const folder = mkdtempSync(join(tmpdir(), 'involution-export-'));
const here: Here[] = [];
beforeAll(async () => {
  engine = await startEngine('cpu');
  for (const each of networkCases) here.push(await computed(each));
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function computed({ network, inputShape }: NetworkCase): Promise<Here> {
  const model = buildNetwork(network, { inputShape, classes: 5, seed: 3 });
  const shape = [2, ...inputShape];
  const size = shape.reduce((product, side) => product * side);
  const x = tensor(
    Float32Array.from({ length: size }, (_, i) => ((i * 7919) % 256) / 255),
    shape,
  );
  // Zeros, and branches that are scaled by them, would hide mistakes.
  tidy(() => {
    for (const [i, weight] of model.weights.entries())
      weight.write(add(weight.read(), randomUniform(weight.shape as number[], -0.1, 0.1, 'float32', i + 1)));
  });
  const predict = () => tidy(() => (model.predict(x) as Tensor).arraySync()) as number[][];
  const logits = predict();
  const stored = await asStored(model);
  tidy(() => void model.apply(x, { training: true }));
  const moved = predict();
  model.dispose();
  x.dispose();
  return { stored, logits, moved };
}

async function asStored(model: LayersModel): Promise<StoredNetwork> {
  let artifacts: io.ModelArtifacts | undefined;
  await model.save({
    save: async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    },
  });
  const { topology, weights } = modelFiles(artifacts!);
  return storedNetwork(topology, weights);
}

describe('exported to .keras', () => {
  let inKeras: InKeras[];
  beforeAll(async () => {
    for (const [i, { stored }] of here.entries())
      writeFileSync(
        join(folder, `${i}.keras`),
        await kerasArchive(kerasNetwork(stored), new PlainFolder(folder)),
      );
    const { python } = await ensureKeras();
    const output = execFileSync(
      python,
      ['-c', script, 'src/node/export', folder, String(networkCases.length)],
      {
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
      },
    );
    const lines = output.trim().split('\n');
    inKeras = lines.map((line) => JSON.parse(line));
  });

  it.each(networkCases.map(({ title, network }, i) => ({ title, name: network.name, i })))(
    '$title gives the same logits in real Keras, and keeps its names',
    ({ name, i }) => {
      const [ours, keras] = [here[i]!, inKeras[i]!];
      expect(keras.name).toBe(name);
      expect(keras.layers).toEqual(ours.stored.layers.map(({ config }) => config.name));
      expectClose(keras.logits, ours.logits);
      expectClose(keras.again, ours.logits);
      expectClose(keras.moved, ours.moved);
    },
  );

  it('is tried with every layer that has a form', () => {
    const tried = here.flatMap(({ stored }) => stored.layers.map(({ class_name }) => class_name));
    expect([...new Set(tried)].sort()).toEqual(Object.keys(kerasForms).sort());
  });
});

/** To 1e-4 of the largest, or of 1. */
function expectClose(received: readonly number[][], expected: readonly number[][]): void {
  const size = Math.max(1, ...expected.flat().map(Math.abs));
  expect(received.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  for (const [row, values] of expected.entries())
    for (const [c, value] of values.entries())
      expect(Math.abs(received[row]![c]! - value) / size).toBeLessThan(1e-4);
}

it.each(networkCases.map(({ title }, i) => ({ title, i })))(
  'exported to safetensors $title has every weight at the offset that its header gives',
  ({ i }) => {
    const { weights } = here[i]!.stored;
    const file = Buffer.from(safetensorsFile(here[i]!.stored, { model: 'any' }));
    const length = Number(file.readBigUInt64LE(0));
    const header = JSON.parse(file.subarray(8, 8 + length).toString('utf8'));
    expect(length % 8).toBe(0);
    expect(header.__metadata__).toEqual({ model: 'any' });
    expect(Object.keys(header).length - 1).toBe(weights.size);
    for (const { name, shape, values } of weights.values()) {
      const [begin, end] = header[name].data_offsets;
      const found = new Float32Array(
        new Uint8Array(file.subarray(8 + length + begin, 8 + length + end)).buffer,
      );
      expect(header[name]).toMatchObject({ dtype: 'F32', shape });
      expect(found).toEqual(values);
    }
  },
);
