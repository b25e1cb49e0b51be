import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memory, tensor4d } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelSessions } from '../../src/application/kernels/sessions';
import { startTraining } from '../../src/application/training/startTraining';
import { kernelMap } from '../../src/core/kernels/kernelMap';
import { buildNetwork } from '../../src/core/network/build';
import { presetNetwork } from '../../src/core/network/presets/presets';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';
import { loadDataset } from '../../src/node/data/loadDataset';
import { loadRunData } from '../../src/node/runs/runDataset';
import { readManifest } from '../../src/node/runs/runFolder';

let folder: string;
let engine: Engine;
let run: string;
let convolutionRun: string;
let image: string;

async function train(model: 'involution' | 'convolution', epochs: number): Promise<string> {
  const session = await startTraining({
    spec: {
      name: `a small ${model} run`,
      data: { kind: 'shapes', trainCount: 40, validationCount: 20 },
      models: [model],
      epochs,
      seed: 5,
    },
    runsFolder: join(folder, 'runs'),
    startEngine: async () => engine,
  });
  await session.done;
  return session.runFolder;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution kerne-ü-'));
  engine = await startEngine('cpu');
  run = await train('involution', 3);
  convolutionRun = await train('convolution', 1);
  image = join(folder, 'picture.png');
  const pixels = Uint8Array.from({ length: 50 * 40 * 3 }, (_, i) => (i * 7919) % 256);
  await sharp(pixels, { raw: { width: 50, height: 40, channels: 3 } })
    .png()
    .toFile(image);
});
afterAll(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true });
});

const data = { folder: null, anyway: false };

const newSessions = () =>
  new KernelSessions({
    engine: async () => engine,
    data: async (runFolder, { folder, anyway }, options) =>
      loadRunData(await readManifest(runFolder), { ...options, folder: folder ?? undefined, anyway }),
  });

const ask = (change: Partial<Parameters<KernelSessions['open']>[0]> = {}) => ({
  image: { file: image },
  source: { runFolder: run, model: null, epoch: null },
  resolution: 'fit' as const,
  ...change,
});

const askEpoch = (epoch: number) => ask({ source: { runFolder: run, model: null, epoch } });
const untrained = { untrained: null, seed: null };

describe('the kernels of an image', () => {
  it('are those of the newest checkpoint, at the size of the network', async () => {
    const sessions = newSessions();
    const opened = await sessions.open(ask());
    expect(opened).toMatchObject({
      trained: true,
      runName: 'a small involution run',
      epoch: 3,
      epochs: [0, 1, 2, 3],
    });
    expect(opened.layers).toEqual(
      [32, 16, 8].map((size, i) => ({
        name: `inv_${i + 1}`,
        height: size,
        width: size,
        kernelSize: 3,
        groups: 1,
        channels: 3,
        strides: 1,
        statistic: 'sum',
        constants: {},
        projects: { value: false, output: false },
      })),
    );
    expect(opened.picture).toMatchObject({ width: 32, height: 32, caption: 'picture.png' });
    expect(opened.picture.rgba).toHaveLength(32 * 32 * 4);
    expect(opened.prediction).toHaveLength(10);
    expect(opened.prediction.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    expect(opened.prediction[0]!.probability).toBeGreaterThanOrEqual(opened.prediction[1]!.probability);
  });

  it('sum to the map that the layer itself gives, and explain the output', async () => {
    const sessions = newSessions();
    const { id, picture } = await sessions.open(askEpoch(0));
    const map = await sessions.map(id, 'inv_1', 'all');

    const network = buildNetwork(presetNetwork('involution'), {
      inputShape: [32, 32, 3],
      classes: 10,
      seed: 5,
    });
    const rgb = picture.rgba.filter((_, i) => i % 4 !== 3);
    const pixels = tensor4d(
      Float32Array.from(rgb, (byte) => byte / 255),
      [1, 32, 32, 3],
    );
    const [output, kernel] = network.getLayer('inv_1').apply(pixels) as [typeof pixels, typeof pixels];
    const shape = { height: 32, width: 32, kernelSize: 3, groups: 1 };
    const expected = kernelMap((await kernel.data()) as Float32Array, shape);
    for (let i = 0; i < 1024; i++) expect(map.values[i]).toBeCloseTo(expected.values[i]!, 5);

    const detail = await sessions.at(id, 'inv_1', 4, 31);
    const sum = (channel: number) =>
      detail.kernel.reduce((all, weight, k) => all + weight * detail.neighbourhood[3 * k + channel]!, 0);
    const outputs = await output.data();
    for (const c of [0, 1, 2]) {
      expect(detail.output[c]).toBeCloseTo(outputs[(4 * 32 + 31) * 3 + c]!, 5);
      expect(sum(c)).toBeCloseTo(detail.output[c]!, 5);
    }
    expect(detail.groupOf).toEqual([0, 0, 0]);
    // The right-hand column of the window lies outside the image.
    expect([...detail.neighbourhood.subarray(6, 9)]).toEqual([0, 0, 0]);
    network.dispose();
  });

  it('differ from epoch to epoch', async () => {
    const sessions = newSessions();
    const sums = [];
    for (const epoch of [0, 1, 2, 3]) {
      const { id, trained, epoch: opened } = await sessions.open(askEpoch(epoch));
      expect([opened, trained]).toEqual([epoch, epoch > 0]);
      sums.push((await sessions.map(id, 'inv_2', 'all')).values.join());
    }
    expect(new Set(sums).size).toBe(4);
  });

  it('come at the resolution of the image too, and then nothing is predicted', async () => {
    const sessions = newSessions();
    const { layers, picture, prediction } = await sessions.open(ask({ resolution: 'native' }));
    expect([picture.width, picture.height]).toEqual([50, 40]);
    expect(layers.map(({ width, height }) => [width, height])).toEqual([
      [50, 40],
      [25, 20],
      [12, 10],
    ]);
    expect(prediction).toEqual([]);
  });

  it('can be had of a validation image of the run', async () => {
    const sessions = newSessions();
    const { picture } = await sessions.open(ask({ image: { validationIndex: 3, data } }));
    expect(picture.caption).toBe('striped square');
    const { validation } = await loadDataset(
      { kind: 'shapes', trainCount: 40, validationCount: 20 },
      { seed: 5 },
    );
    expect([...picture.rgba.filter((_, i) => i % 4 !== 3)]).toEqual([
      ...validation.images.subarray(3 * 3072, 4 * 3072),
    ]);
  });

  it('can be had before there is a run, and are said to be untrained', async () => {
    const sessions = newSessions();
    const opened = await sessions.open(ask({ source: untrained }));
    expect(opened).toMatchObject({ trained: false, runName: '', epoch: 0, epochs: [0], prediction: [] });
    expect(opened.layers).toHaveLength(3);
  });

  it('cost no tensors once the networks are released', async () => {
    const sessions = newSessions();
    const before = memory().numTensors;
    const { id } = await sessions.open(ask());
    await sessions.at(id, 'inv_3', 0, 0);
    sessions.releaseNetworks();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(memory().numTensors).toBe(before);
    // The session lives on: the network is loaded anew.
    expect((await sessions.at(id, 'inv_3', 0, 0)).output).toHaveLength(3);
    sessions.releaseNetworks();
  });

  it('say what is wrong', async () => {
    const sessions = newSessions();
    await expect(
      sessions.open(ask({ source: { runFolder: convolutionRun, model: null, epoch: null } })),
    ).rejects.toThrow(
      'The run "a small convolution run" trained no involution network, so it has no kernels to show. Choose another run.',
    );
    await expect(sessions.open(askEpoch(9))).rejects.toThrow(
      'The run "a small involution run" has no checkpoint of epoch 9. It has 0, 1, 2, 3.',
    );
    await expect(sessions.open(ask({ image: { validationIndex: 20, data } }))).rejects.toThrow(
      'The run "a small involution run" has 20 validation images; there is no number 20.',
    );
    await expect(
      sessions.open(ask({ image: { validationIndex: 0, data }, source: untrained })),
    ).rejects.toThrow('Validation images are those of a run; choose a run.');
    const broken = join(folder, 'broken.png');
    await writeFile(broken, 'x');
    await expect(sessions.open(ask({ image: { file: broken } }))).rejects.toThrow(
      `${broken} is not an image, or of a format that can't be read`,
    );
    const large = join(folder, 'large.png');
    await sharp({ create: { width: 6000, height: 5000, channels: 3, background: 'red' } })
      .png()
      .toFile(large);
    await expect(sessions.open(ask({ image: { file: large }, resolution: 'native' }))).rejects.toThrow(
      /is 6000×5000 pixels, more than the 25 million/,
    );
    const { id } = await sessions.open(ask());
    await expect(sessions.map(id, 'inv_9', 'all')).rejects.toThrow(
      'There is no involution layer "inv_9" in this network. It has inv_1, inv_2, inv_3.',
    );
    sessions.close(id);
    await expect(sessions.map(id, 'inv_1', 'all')).rejects.toThrow(
      'The kernels of this image are no longer held. Open the image again.',
    );
  });

  it('are held for the images used last', async () => {
    const sessions = newSessions();
    const first = await sessions.open(ask());
    const second = await sessions.open(ask());
    for (let i = 0; i < 63; i++) {
      await sessions.open(ask());
      await sessions.map(first.id, 'inv_3', 'all');
    }
    await expect(sessions.map(second.id, 'inv_3', 'all')).rejects.toThrow('no longer held');
    expect((await sessions.map(first.id, 'inv_3', 'all')).values).toHaveLength(64);
  });

  it('can be cancelled', async () => {
    const abort = new AbortController();
    const opening = newSessions().open(ask({ resolution: 'native' }), { signal: abort.signal });
    abort.abort();
    await expect(opening).rejects.toThrow(/abort/i);
  });
});
