import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memory, tensor4d } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelSessions } from '../../../src/application/kernels/sessions';
import { startTraining } from '../../../src/application/training/startTraining';
import { softmax } from '../../../src/core/evaluation/evaluation';
import { predict } from '../../../src/core/evaluation/predict';
import { generatorKinds } from '../../../src/core/involution/generators/generatorKinds';
import type { Involution } from '../../../src/core/involution/layer';
import { kernelMap } from '../../../src/core/kernels/kernelMap';
import { statisticNames } from '../../../src/core/kernels/statistics';
import { traceInvolutions } from '../../../src/core/kernels/trace';
import { buildNetwork } from '../../../src/core/network/build';
import { expandModels, type ModelRequest } from '../../../src/core/network/model';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import type { Engine } from '../../../src/engines/engine';
import { startEngine } from '../../../src/engines/select';
import { loadDataset } from '../../../src/node/data/loadDataset';
import { ImageError } from '../../../src/node/images/readImage';
import { findCheckpoint, loadNetwork } from '../../../src/node/runs/checkpoints';
import { loadRunData } from '../../../src/node/runs/runDataset';
import { readManifest } from '../../../src/node/runs/runFolder';

let folder: string;
let engine: Engine;
let run: string;
let convolutionRun: string;
let image: string;

async function train(models: readonly ('involution' | 'convolution')[], epochs: number): Promise<string> {
  const session = await startTraining({
    spec: {
      name: `a small ${models.join(' and ')} run`,
      data: { kind: 'shapes', trainCount: 40, validationCount: 20 },
      models: [...models],
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
  run = await train(['involution'], 3);
  convolutionRun = await train(['convolution'], 1);
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
        generator: 'bottleneck',
        statistic: 'sum',
        constants: {},
        stages: generatorKinds.bottleneck.stages,
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

  it('show what tells most of their generator, and any other statistic on request', async () => {
    const sessions = newSessions();
    const [model] = expandModels([{ preset: 'attention', parameters: { width: 8, groups: 2 } }]);
    const { id, layers, picture } = await sessions.open(ask({ source: { untrained: model!, seed: 7 } }));
    expect(layers[1]).toMatchObject({
      statistic: 'entropy',
      constants: { sum: 'a softmax sums to 1' },
      projects: { value: true, output: true },
    });
    const network = buildNetwork(model!.network, { seed: 7 });
    const rgb = picture.rgba.filter((_, i) => i % 4 !== 3);
    const pixels = Float32Array.from(rgb, (byte) => byte / 255);
    const [traced] = await traceInvolutions(network, { height: 32, width: 32, channels: 3, values: pixels });
    const [, kernels] = (network.getLayer(traced!.name) as Involution).apply(
      tensor4d(traced!.input.values, [1, 32, 32, traced!.input.channels]),
    );
    const whole = (await kernels.data()) as Float32Array;
    for (const group of ['all', 1] as const)
      for (const statistic of statisticNames) {
        const expected = kernelMap(whole, traced!, group, statistic);
        const map = await sessions.map(id, traced!.name, group, statistic);
        expect(map.statistic).toBe(statistic);
        for (const [i, value] of expected.values.entries()) expect(map.values[i]).toBeCloseTo(value, 5);
      }
    const own = await sessions.map(id, traced!.name, 'all');
    expect([own.statistic, own.constant]).toEqual(['entropy', null]);
    expect((await sessions.map(id, traced!.name, 0, 'sum')).constant).toBe(1);
    expect((await sessions.map(id, traced!.name, 'all', 'sum')).constant).toBe(2);
    network.dispose();
  });

  it('can be had of any network before it is trained, by its seed', async () => {
    const sessions = newSessions();
    const [model] = expandModels([
      { preset: 'rednet', parameters: { width: 0.125, stem: 'cifar' }, title: 'Mine' },
    ]);
    const sumsOf = async (seed: number) => {
      const opened = await sessions.open(ask({ source: { untrained: model!, seed } }));
      expect(opened).toMatchObject({
        ...{ trained: false, runName: '', epoch: 0, prediction: [], model: { id: 'rednet', title: 'Mine' } },
        models: [{ id: 'rednet', title: 'Mine' }],
      });
      expect(opened.layers).toHaveLength(8);
      return (await sessions.map(opened.id, opened.layers[0]!.name, 'all')).values.join();
    };
    const [first, again, other] = [await sumsOf(1), await sumsOf(1), await sumsOf(2)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    const [plain] = expandModels(['convolution']);
    await expect(sessions.open(ask({ source: { untrained: plain!, seed: null } }))).rejects.toThrow(
      'The network "Convolution" has no involution, so it has no kernels to show.',
    );
    sessions.releaseNetworks();
  });

  it('stand beside the stencils of a convolution of the same run, at the same epoch', async () => {
    const both = await train(['involution', 'convolution'], 1);
    const sessions = newSessions();
    for (const epoch of [0, 1]) {
      const { id } = await sessions.open(ask({ source: { runFolder: both, model: null, epoch } }));
      const network = await loadNetwork(await findCheckpoint(both, 'convolution', epoch));
      const kernel = network.getLayer('conv2d_1').getWeights()[0]!;
      const weights = await kernel.data();
      const beside = await sessions.counterpart(id, 'inv_2', 7);
      expect(beside).toMatchObject({
        ...{ model: { id: 'convolution' }, epoch, layer: 'conv2d_1' },
        ...{ kernelSize: 3, channels: 32, filter: 7, filters: 64 },
      });
      for (const tap of [0, 4, 8])
        for (const c of [0, 31]) expect(beside!.weights[tap * 32 + c]).toBe(weights[(tap * 32 + c) * 64 + 7]);
      network.dispose();
    }
    const alone = await sessions.open(ask());
    expect(await sessions.counterpart(alone.id, 'inv_2', 0)).toBeNull();
    const before = await sessions.open(ask({ source: untrained }));
    expect(await sessions.counterpart(before.id, 'inv_1', 0)).toBeNull();
    sessions.releaseNetworks();
  });

  it('come by the row, as they come one by one', async () => {
    const sessions = newSessions();
    const { id } = await sessions.open(ask());
    const row = await sessions.row(id, 'inv_3', 5);
    expect(row).toHaveLength(8 * 9);
    for (const column of [0, 3, 7]) {
      const { kernel } = await sessions.at(id, 'inv_3', 5, column);
      for (const [tap, weight] of kernel.entries()) expect(row[9 * column + tap]).toBeCloseTo(weight, 5);
    }
    sessions.releaseNetworks();
  });

  it('predict what an evaluation does', async () => {
    const { dataset } = await loadRunData(await readManifest(run), { anyway: false });
    const { validation, classes, imageShape } = dataset;
    const checkpoint = await findCheckpoint(run, 'involution', 'last');
    const network = await loadNetwork(checkpoint);
    const logits = await predict(network, validation, imageShape, classes.length);
    network.dispose();
    const sessions = newSessions();
    for (const index of [0, 7]) {
      const { prediction } = await sessions.open(ask({ image: { validationIndex: index, data } }));
      const expected = softmax(logits.subarray(index * 10, (index + 1) * 10));
      for (const { name, probability } of prediction)
        expect(probability).toBeCloseTo(expected[classes.indexOf(name)]!, 5);
    }
    sessions.releaseNetworks();
  });

  it('say of an image that the network can not take whose fault it is, by the file', async () => {
    const sessions = newSessions();
    const refusal = async (model: ModelRequest, width: number, height: number) => {
      const file = join(folder, `${width}x${height}.png`);
      await sharp({ create: { width, height, channels: 3, background: 'red' } })
        .png()
        .toFile(file);
      const [untrained] = expandModels([model]);
      const source = { untrained: untrained!, seed: null };
      const error = await sessions
        .open(ask({ image: { file }, source, resolution: 'native' }))
        .catch((problem: unknown) => problem);
      expect(error).toBeInstanceOf(ImageError);
      expect((error as ImageError).path).toBe(file);
      return (error as ImageError).reason;
    };
    expect(await refusal({ preset: 'attention', parameters: { width: 4 } }, 9, 3)).toBe(
      "is 9×3 pixels; at native resolution nothing is left of it after the network's layer max_pooling2d_1. Show it at the network's size, or enlarge it first.",
    );
    expect(await refusal('drin', 3000, 2900)).toMatch(
      /^is 3000×2900 pixels; at native resolution the network's layer \w+ alone would take \d+\.\d GB, and at most 1 GB are given\. Show it at the network's size, or shrink it first\.$/,
    );
    expect(await refusal('involution', 3, 3)).toMatch(
      /^is 3×3 pixels; at native resolution the network needs 4×4/,
    );
    sessions.releaseNetworks();
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

  it('of many images, layers and epochs are held within bounds: the oldest go first', async () => {
    const engineAndData = { engine: async () => engine, data: async () => Promise.reject(new Error('none')) };
    const one = new KernelSessions(engineAndData);
    const { id } = await one.open(askEpoch(0));
    const bytes = one.heldBytes;
    // An input of three channels and one statistic, at each of 32², 16² and 8² positions.
    expect(bytes).toBe(4 * (3 + 1) * (1024 + 256 + 64));
    await one.map(id, 'inv_1', 'all', 'entropy');
    expect(one.heldBytes).toBe(bytes + 4 * 1024);

    const most = { sessions: 100, bytes: 3.5 * bytes };
    const sessions = new KernelSessions({ ...engineAndData, most });
    const ids: string[] = [];
    for (const epoch of [0, 1, 2, 3, 0, 1, 2, 3]) {
      const opened = await sessions.open(askEpoch(epoch));
      ids.push(opened.id);
      // The first is looked at again and again, so that it stays.
      await sessions.map(ids[0]!, 'inv_2', 'all');
      expect(sessions.heldBytes).toBeLessThanOrEqual(most.bytes);
    }
    const held = await Promise.all(
      ids.map((each) =>
        sessions.map(each, 'inv_1', 'all').then(
          () => true,
          () => false,
        ),
      ),
    );
    expect(held).toEqual([true, false, false, false, false, false, true, true]);
    // Further statistics of layers count too.
    for (const layer of ['inv_1', 'inv_2', 'inv_3'])
      for (const statistic of statisticNames) {
        await sessions.map(ids[7]!, layer, 'all', statistic);
        expect(sessions.heldBytes).toBeLessThanOrEqual(most.bytes);
      }
    await expect(sessions.map(ids[0]!, 'inv_1', 'all')).rejects.toThrow(/no longer held/);

    const few = new KernelSessions({ ...engineAndData, most: { sessions: 2, bytes: 1e9 } });
    const [first] = [await few.open(askEpoch(0)), await few.open(askEpoch(1)), await few.open(askEpoch(2))];
    await expect(few.map(first!.id, 'inv_1', 'all')).rejects.toThrow(/no longer held/);
    for (const each of [one, sessions, few]) each.releaseNetworks();
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
