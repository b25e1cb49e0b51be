import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resumeRun, startTraining } from '../../../src/application/training/startTraining';
import { expandModels, ModelId } from '../../../src/core/network/model';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import { RunManifest } from '../../../src/core/runs/manifest';
import { RunSpec } from '../../../src/core/runs/spec';
import type { Engine } from '../../../src/engines/engine';
import { startEngine } from '../../../src/engines/select';
import { exportModel } from '../../../src/node/export/exportModel';
import { listCheckpoints } from '../../../src/node/runs/checkpoints';
import { readManifest } from '../../../src/node/runs/runFolder';
import { readRun } from '../../../src/node/runs/runList';

let base: string;
let engine: Engine;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'involution variants '));
  engine = await startEngine('wasm');
});
afterAll(async () => {
  await engine.dispose();
  await rm(base, { recursive: true });
});

const variants = [
  'involution',
  { preset: 'involution', parameters: { kernelSize: 5 } },
  { preset: 'involution', parameters: { width: 4, groups: 2 }, title: 'With groups' },
];
const ids = ['involution', 'involution-2', 'involution-3'];
const train = (epochs: number) =>
  startTraining({
    spec: {
      data: { kind: 'shapes', trainCount: 10, validationCount: 10 },
      models: variants,
      ...{ epochs, batchSize: 4, seed: 5 },
    },
    runsFolder: join(base, 'runs'),
    startEngine: async () => engine,
  });

describe('a run of three variants of one preset', () => {
  it('trains each in a folder of its own, and tells them apart in its log', async () => {
    const session = await train(2);
    expect((await session.done).state).toBe('done');
    const folder = session.runFolder;
    expect(session.manifest.id).toMatch(/_shapes_involution-involution-2-involution-3$/);
    expect((await readdir(folder)).sort()).toEqual(['events.jsonl', ...ids, 'run.json']);
    const { overview } = await readRun(folder);
    expect(Object.entries(overview.models).map(([id, { epochs }]) => [id, epochs])).toEqual(
      ids.map((id) => [id, 2]),
    );
    const firstKernels = await Promise.all(
      ids.map(async (id) => {
        const newest = (await listCheckpoints(folder, id)).at(-1)!;
        const { modelTopology } = JSON.parse(await readFile(join(newest.folder, 'model.json'), 'utf8'));
        const layers = modelTopology.config.layers as { class_name: string; config: object }[];
        return layers.find(({ class_name }) => class_name === 'Involution')!.config;
      }),
    );
    const file = join(base, 'variant.keras');
    // Keras needs the layer, whatever the model is called.
    expect(await exportModel(folder, 'involution-2', 'keras', file)).toEqual([
      file,
      join(base, 'involution_layer.py'),
    ]);
    expect(firstKernels).toMatchObject([
      ...[
        { kernel_size: 3, groups: 1 },
        { kernel_size: 5, groups: 1 },
        { kernel_size: 3, groups: 2 },
      ],
    ]);
  });

  it('has a manifest that reads as it was written', async () => {
    const session = await train(1);
    await session.done;
    const written = JSON.parse(await readFile(join(session.runFolder, 'run.json'), 'utf8'));
    expect(written.schemaVersion).toBe(2);
    const read = await readManifest(session.runFolder);
    expect(read).toEqual(written);
    expect(read.spec.models).toEqual(expandModels(v.parse(RunSpec, { models: variants }).models));
    expect(read.spec.models.map(({ id, title }) => [id, title])).toEqual([
      ['involution', 'Involution'],
      ['involution-2', 'Involution (kernelSize 5)'],
      ['involution-3', 'With groups'],
    ]);
    expect(read.spec.models[1]!.network).toEqual(presetNetwork('involution', { kernelSize: 5 }));
  });

  it('resumes each by its own checkpoints', async () => {
    const whole = await train(2);
    await whole.done;
    const session = await train(2);
    await session.done;
    // As if it had been killed before the last epoch of the second.
    await rm(join(session.runFolder, 'involution-2/epoch-0002'), { recursive: true });
    const resumed = await resumeRun({ runFolder: session.runFolder, startEngine: async () => engine });
    expect((await resumed.done).state).toBe('done');
    for (const id of ids)
      expect(await readFile(join(session.runFolder, id, 'epoch-0002/weights.bin')), id).toEqual(
        await readFile(join(whole.runFolder, id, 'epoch-0002/weights.bin')),
      );
  });
});

describe('the id of a model', () => {
  it.each(['../x', 'a/b', 'a\\b', '.', '..', '', 'A', 'é', '-x', '_x', 'x\n', 'a'.repeat(65)])(
    'can not be %j',
    (id) => {
      expect(v.is(ModelId, id)).toBe(false);
    },
  );
  it.each(['con', 'nul', 'com1', 'lpt9', 'constructor', '__proto__'])(
    'can not be %j, which others keep for themselves',
    (id) => {
      expect(v.is(ModelId, id)).toBe(false);
      expect(v.safeParse(RunSpec, { models: [{ preset: 'involution', id }] }).success).toBe(false);
    },
  );
  it.each(['rednet', 'involution-2', '3x3', 'a_b', 'console', 'a'.repeat(64)])('can be %j', (id) => {
    expect(v.is(ModelId, id)).toBe(true);
  });

  it('is made of a network’s name, whatever that is', () => {
    const network = presetNetwork('involution');
    const named = (name: string) => expandModels([{ network: { ...network, name } }])[0]!.id;
    expect(['inv_model', 'My Net (2)', '../../etc', '卷积', 'con', 'constructor'].map(named)).toEqual([
      ...['inv_model', 'my-net-2-', 'etc', 'model', 'model', 'model'],
    ]);
    for (const name of ['x'.repeat(100), '__proto__', 'NUL', '-'])
      expect(v.is(ModelId, named(name))).toBe(true);
  });

  it('is no other model’s', () => {
    const twice = [
      { preset: 'involution', id: 'a' },
      { preset: 'convolution', id: 'a' },
    ];
    const parsed = v.safeParse(RunSpec, { models: twice });
    expect(parsed.issues?.map(({ message }) => message)).toEqual([
      'Two models have the id "a". Each needs one of its own.',
    ]);
  });
});

describe('a manifest', () => {
  const hostile = async (change: (models: { id: string }[]) => void) => {
    const session = await train(1);
    await session.done;
    const path = join(session.runFolder, 'run.json');
    const manifest = JSON.parse(await readFile(path, 'utf8'));
    change(manifest.spec.models);
    await writeFile(path, JSON.stringify(manifest));
    return { path, read: readManifest(session.runFolder), manifest };
  };

  it.each(['../x', 'constructor', 'con', 'involution-2'])('with a model %j is refused', async (id) => {
    const { path, read, manifest } = await hostile((models) => {
      models[0]!.id = id;
    });
    await expect(read).rejects.toThrow(`${path} is damaged or of another version of Involution Lab`);
    expect(v.safeParse(RunManifest, manifest).success).toBe(false);
  });

  it('with a network that is none is refused', async () => {
    const { read } = await hostile((models) => {
      Object.assign(models[0]!, { network: { name: 'x', layers: [{ kind: 'worm' }] } });
    });
    await expect(read).rejects.toThrow('is damaged or of another version of Involution Lab ("spec.models');
  });
});

describe('a spec', () => {
  it('has the defaults that it always had', () => {
    expect(v.parse(RunSpec, {})).toEqual({
      data: { kind: 'shapes', trainCount: 10_000, validationCount: 2_000 },
      models: expandModels(['involution', 'convolution']),
      epochs: 20,
      batchSize: 256,
      optimizer: { kind: 'adam' },
      learningRate: 1e-3,
      schedule: { kind: 'constant' },
      warmupEpochs: 0,
      labelSmoothing: 0,
      augmentation: { flip: false, crop: null },
      clipNorm: null,
      earlyStoppingPatience: null,
      seed: 42,
      engine: 'auto',
    });
  });

  it('has 1 to 12 models', () => {
    const count = (n: number) => v.safeParse(RunSpec, { models: Array.from({ length: n }, () => 'drin') });
    expect([0, 1, 12, 13].map((n) => count(n).success)).toEqual([false, true, true, false]);
  });
});
