import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTraining } from '../../../src/application/training/startTraining';
import type { Engine } from '../../../src/engines/engine';
import { startEngine } from '../../../src/engines/select';
import { exportModel } from '../../../src/node/export/exportModel';
import { listCheckpoints, loadNetwork, sha256 } from '../../../src/node/runs/checkpoints';
import { modelFolder } from '../support/modelFolder';

let folder: string;
let engine: Engine;
let run: string;
let trained: LayersModel;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution ausfuhr-ü-'));
  engine = await startEngine('cpu');
  const session = await startTraining({
    spec: {
      data: { kind: 'shapes', trainCount: 40, validationCount: 20 },
      models: ['involution'],
      epochs: 2,
      seed: 5,
    },
    runsFolder: join(folder, 'runs'),
    startEngine: async () => engine,
  });
  await session.done;
  run = session.runFolder;
  trained = await loadNetwork((await listCheckpoints(run, 'involution')).at(-1)!);
});
afterAll(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true });
});

const weightOf = (name: string) =>
  [
    ...trained.weights
      .find((weight) => weight.originalName === name)!
      .read()
      .dataSync(),
  ].map(Math.fround);

describe('an exported network', () => {
  it('of TF.js is the stock format: it loads and predicts as it did', async () => {
    const target = join(folder, 'tfjs');
    const files = await exportModel(run, 'involution', 'tfjs', target);
    expect(files).toEqual(['model.json', 'weights.bin', 'model.md'].map((name) => join(target, name)));
    const loaded = await loadLayersModel(modelFolder(target));
    const images = tensor4d(
      Float32Array.from({ length: 2 * 3072 }, (_, i) => ((i * 7919) % 256) / 255),
      [2, 32, 32, 3],
    );
    const logits = (network: LayersModel) => tidy(() => [...(network.predict(images) as Tensor).dataSync()]);
    expect(logits(loaded)).toEqual(logits(trained));
    loaded.dispose();
    images.dispose();
  });

  it('of Keras holds every weight where Keras looks for it, and brings the layer along', async () => {
    const target = join(folder, 'keras', 'inn.keras');
    const files = await exportModel(run, 'involution', 'keras', target);
    expect(files).toEqual([target, join(folder, 'keras', 'involution_layer.py')]);
    expect((await readdir(join(folder, 'keras'))).sort()).toEqual(['inn.keras', 'involution_layer.py']);
    const entries = unzipSync(await readFile(target));
    expect(Object.keys(entries).sort()).toEqual(['config.json', 'metadata.json', 'model.weights.h5']);
    const { config } = JSON.parse(strFromU8(entries['config.json']!));
    expect(
      config.layers.map(({ class_name, name }: { class_name: string; name: string }) => [class_name, name]),
    ).toEqual(trained.layers.map((layer) => [layer.getClassName(), layer.name]));

    const weights = join(folder, 'weights.h5');
    await writeFile(weights, entries['model.weights.h5']!);
    const { default: h5wasm } = await import('h5wasm/node');
    await h5wasm.ready;
    const file = new h5wasm.File(weights, 'r');
    const stored = (path: string) => [...(file.get(path) as { value: Float32Array }).value];
    expect(stored('layers/involution/kernel_gen/layers/conv2d/vars/0')).toEqual(
      weightOf('inv_1/conv1_kernel'),
    );
    expect(stored('layers/involution_2/kernel_gen/layers/conv2d_1/vars/0')).toEqual(
      weightOf('inv_3/conv2_kernel'),
    );
    expect(stored('layers/involution_1/kernel_gen/layers/batch_normalization/vars/3')).toEqual(
      weightOf('inv_2/moving_variance'),
    );
    expect(stored('layers/dense_1/vars/1')).toEqual(weightOf('dense_1/bias'));
    file.close();
  });

  it.each([
    [
      'a generator',
      { class_name: 'Involution', config: { generator: { kind: 'carafe' } } },
      'the generator "carafe" of the layer "inv_2"',
    ],
    ['a layer', { class_name: 'Reshape', config: {} }, 'the layer "inv_2" (Reshape)'],
    [
      'weights',
      { class_name: 'Involution', config: { generator: { kind: 'gaussian' } } },
      'the generator "gaussian" of the layer "inv_2"',
    ],
  ])(
    'of Keras is refused for %s that Keras would not load, before anything is written',
    async (_, changed, what) => {
      const copy = await mkdtemp(join(folder, 'changed '));
      await cp(run, copy, { recursive: true });
      const [topology, cursor] = ['model.json', 'cursor.json'].map((file) =>
        join(copy, 'involution/epoch-0002', file),
      );
      const content = JSON.parse(await readFile(topology!, 'utf8'));
      const { layers } = content.modelTopology.config;
      const i = layers.findIndex(({ config }: { config: { name: string } }) => config.name === 'inv_2');
      layers[i] = { ...layers[i], ...changed, config: { ...layers[i].config, ...changed.config } };
      await writeFile(topology!, JSON.stringify(content));
      const record = JSON.parse(await readFile(cursor!, 'utf8'));
      record.sha256['model.json'] = sha256(JSON.stringify(content));
      await writeFile(cursor!, JSON.stringify(record));

      const target = join(folder, 'nowhere', 'inn.keras');
      await expect(exportModel(copy, 'involution', 'keras', target)).rejects.toThrow(
        `The .keras format has no form for ${what}. Export the network in another format.`,
      );
      expect(existsSync(dirname(target))).toBe(false);
      // The format that has a form for everything.
      const other = await mkdtemp(join(folder, 'other '));
      await expect(exportModel(copy, 'involution', 'tfjs', join(other, 'tfjs'))).resolves.toHaveLength(3);
    },
  );

  it('of safetensors says which run it came from', async () => {
    const target = join(folder, 'inn.safetensors');
    expect(await exportModel(run, 'involution', 'safetensors', target)).toEqual([target]);
    const file = await readFile(target);
    const header = JSON.parse(file.subarray(8, 8 + Number(file.readBigUInt64LE())).toString('utf8'));
    expect(header.__metadata__).toMatchObject({ model: 'involution', run: run.split(/[\\/]/).at(-1) });
    expect(header['dense/kernel']).toMatchObject({ dtype: 'F32', shape: [192, 64] });
  });

  it('needs the right ending, and a model of the run', async () => {
    await expect(exportModel(run, 'involution', 'keras', join(folder, 'inn.h5'))).rejects.toThrow(
      `${join(folder, 'inn.h5')} does not end in .keras, as a keras file must.`,
    );
    await expect(
      exportModel(run, 'convolution', 'safetensors', join(folder, 'new', 'cnn.safetensors')),
    ).rejects.toThrow(`The run ${basename(run)} has no model "convolution".`);
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });
});
