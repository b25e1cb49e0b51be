import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { add, type io, randomUniform, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageShape } from '../../src/core/data/dataset';
import { generatorNames } from '../../src/core/involution/generators/generatorKinds';
import { buildNetwork } from '../../src/core/network/build';
import { layerKinds } from '../../src/core/network/layerKinds';
import type { LayerSpecInput, NetworkSpec } from '../../src/core/network/network';
import { parseNetwork } from '../../src/core/network/parse';
import { presetNetwork, presets } from '../../src/core/network/presets/presets';
import { hasKind } from '../../src/core/network/traits';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';
import { kerasArchive } from '../../src/node/export/keras';
import { kerasNetwork } from '../../src/node/export/kerasNetwork';
import { safetensors } from '../../src/node/export/safetensors';
import { type StoredNetwork, storedNetwork } from '../../src/node/export/storedNetwork';
import { PlainFolder } from '../../src/node/files/plainFolder';
import { modelFiles } from '../../src/node/runs/modelFiles';
import { ensureKeras } from '../../src/tools/setup/keras';

interface Case {
  readonly title: string;
  readonly network: NetworkSpec;
  readonly inputShape: ImageShape;
}

/** Of presets that are large, small variants. */
const ofPresets = Object.entries({
  involution: [{}, { width: 6, groups: 2, reductionRatio: 4 }],
  convolution: [{}, { width: 4, groups: 2 }],
  static: [{ width: 6, groups: 3 }],
  attention: [{ width: 4, groups: 2, positionBias: true }],
  rednet: [{ width: 1 / 8 }, { width: 1 / 8, stem: 'cifar' }],
  resnet: [{ width: 1 / 8 }, { width: 1 / 8, stem: 'cifar' }],
  drin: [{ width: 8, innerWidth: 6, groups: 3, depth: 2 }],
}).flatMap(([id, variants]) =>
  variants.map(
    (parameters): Case => ({
      title: `the preset ${id} ${JSON.stringify(parameters)}`,
      network: presetNetwork(id, parameters),
      inputShape: [24, 20, 3],
    }),
  ),
);

const head: LayerSpecInput[] = [{ kind: 'flatten' }, { kind: 'dense', units: 'classes' }];

const paper = { groupLayout: 'contiguous', padding: 'symmetric', strides: 2 };
const ofGenerators = [
  { generator: { kind: 'bottleneck' }, kernelSize: 4, strides: 2 },
  { generator: { kind: 'bottleneck', reductionRatio: 2, reductionBias: false, epsilon: 0.01 }, ...paper },
  { generator: { kind: 'linear' }, groups: 4, strides: 5 },
  { generator: { kind: 'linear' }, groupLayout: 'contiguous' },
  { generator: { kind: 'static' }, ...paper },
  ...['zero', 'masked', 'clamped'].flatMap((border) => [
    { generator: { kind: 'attention', border }, strides: 2 },
    { generator: { kind: 'attention', border, positionBias: true }, ...paper, kernelSize: 5 },
  ]),
  { generator: { kind: 'outlook' }, groupLayout: 'contiguous' },
  { generator: { kind: 'outlook' }, kernelSize: 2 },
  { generator: { kind: 'filter-norm' }, ...paper },
  { generator: { kind: 'gaussian' }, ...paper },
  { generator: { kind: 'gaussian', normalize: false, width: 0.5 } },
  { generator: { kind: 'pairwise' }, kernelSize: 4, strides: 3 },
  { generator: { kind: 'pairwise', reductionRatio: 2 }, ...paper },
].map(
  (layer): Case => ({
    title: `the generator ${JSON.stringify(layer)}`,
    network: parseNetwork({
      name: 'one_involution',
      layers: [
        { kind: 'convolution', filters: 8, kernelSize: 1 },
        { kind: 'involution', groups: 2, ...layer },
        ...head,
      ],
    }),
    inputShape: [9, 7, 3],
  }),
);

/** What no preset has; the last of them in a chain, which is a sequential model. */
const ofLayers: Case[] = [
  ['linear', 'relu6', 'elu', 'selu', 'sigmoid', 'tanh', 'softplus', 'swish'].map((name) => ({
    kind: 'residual',
    main: [{ kind: 'activation', function: name }],
  })),
  [
    { kind: 'convolution', filters: 12, groups: 'channels', strides: 2, padding: 'symmetric' },
    { kind: 'batch-norm', epsilon: 0.1 },
    { kind: 'dropout', rate: 0.4 },
    { kind: 'convolution', filters: 8, groups: 4, bias: false, padding: 'valid' },
    { kind: 'average-pool', size: 3, strides: 2 },
    { kind: 'flatten' },
    { kind: 'dense', units: 7, activation: 'tanh', bias: false },
  ],
].map((layers, i) => ({
  title: ['every activation', 'a chain of other layers'][i]!,
  network: parseNetwork({ name: 'layers', layers: [...layers, ...(i === 0 ? head : [head[1]])] }),
  inputShape: [16, 12, 3],
}));

const cases = [...ofPresets, ...ofGenerators, ...ofLayers];

/** Loads each network, saves what it loaded, and loads that as well: it predicts the same as by its configuration alone. */
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
    print(json.dumps({
        "name": model.name,
        "layers": [layer.name for layer in model.layers],
        "logits": logits.tolist(),
        "again": again.tolist(),
    }))
`;

interface InKeras {
  readonly name: string;
  readonly layers: string[];
  readonly logits: number[][];
  readonly again: number[][];
}

let engine: Engine;
const stored: StoredNetwork[] = [];
const folder = mkdtempSync(join(tmpdir(), 'involution-export-'));
beforeAll(async () => {
  engine = await startEngine('cpu');
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Every weight moved a little: zeros, and branches that are scaled by them, would hide mistakes. */
async function exported({
  network,
  inputShape,
}: Case): Promise<{ logits: number[][]; network: StoredNetwork }> {
  const model = buildNetwork(network, { inputShape, classes: 5, seed: 3 });
  tidy(() => {
    for (const [i, weight] of model.weights.entries())
      weight.write(add(weight.read(), randomUniform(weight.shape as number[], -0.1, 0.1, 'float32', i + 1)));
  });
  const [height, width, channels] = inputShape;
  const pixels = Float32Array.from(
    { length: 2 * height * width * channels },
    (_, i) => ((i * 7919) % 256) / 255,
  );
  const logits = tidy(() =>
    (model.predict(tensor(pixels, [2, height, width, channels])) as Tensor).arraySync(),
  ) as number[][];
  let artifacts: io.ModelArtifacts | undefined;
  await model.save({
    save: async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    },
  });
  model.dispose();
  const { topology, weights } = modelFiles(artifacts!);
  return { logits, network: storedNetwork(topology, weights) };
}

describe('exported to .keras', () => {
  const expected: number[][][] = [];
  let inKeras: InKeras[];
  beforeAll(async () => {
    for (const [i, each] of cases.entries()) {
      const { logits, network } = await exported(each);
      expected.push(logits);
      stored.push(network);
      const archive = await kerasArchive(kerasNetwork(network), new PlainFolder(folder));
      writeFileSync(join(folder, `${i}.keras`), archive);
    }
    const { python } = await ensureKeras();
    const output = execFileSync(python, ['-c', script, 'src/node/export', folder, String(cases.length)], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    });
    inKeras = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  });

  it.each(cases.map(({ title, network }, i) => ({ title, network, i })))(
    '$title gives the same logits in real Keras, and keeps its names',
    ({ network, i }) => {
      const { name, layers, logits, again } = inKeras[i]!;
      expect(name).toBe(network.name);
      expect(layers).toEqual(stored[i]!.layers.map(({ config }) => config.name));
      const size = Math.max(1, ...expected[i]!.flat().map(Math.abs));
      for (const [row, values] of expected[i]!.entries())
        for (const [c, value] of values.entries()) {
          expect(Math.abs(logits[row]![c]! - value) / size).toBeLessThan(1e-4);
          expect(again[row]![c]).toBe(logits[row]![c]);
        }
    },
  );

  it('is tried with every preset, every generator and every kind of layer', () => {
    expect(Object.keys(presets).filter((id) => !ofPresets.some(({ title }) => title.includes(id)))).toEqual(
      [],
    );
    const tried = JSON.stringify(ofGenerators.map(({ network }) => network));
    expect(generatorNames.filter((name) => !tried.includes(`"kind":"${name}"`))).toEqual([]);
    expect(
      Object.keys(layerKinds).filter((kind) => !cases.some(({ network }) => hasKind(network, kind))),
    ).toEqual([]);
  });
});

describe('exported to safetensors', () => {
  it.each(cases.map(({ title }, i) => ({ title, i })))(
    '$title has every weight at the offset that its header gives',
    ({ i }) => {
      const file = Buffer.from(safetensors(stored[i]!, { model: 'any' }));
      const length = Number(file.readBigUInt64LE(0));
      const header = JSON.parse(file.subarray(8, 8 + length).toString('utf8'));
      expect(length % 8).toBe(0);
      expect(header.__metadata__).toEqual({ model: 'any' });
      const { weights } = stored[i]!;
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
});
