import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertFitsMemory, assertHoldsParameters } from '../../../src/application/training/memoryNeed';
import type { Dataset, ImageShape } from '../../../src/core/data/dataset';
import { buildNetwork } from '../../../src/core/network/build';
import { footprint } from '../../../src/core/network/footprint';
import { expandModels } from '../../../src/core/network/model';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import { summarize } from '../../../src/core/network/summary';
import { exampleModels } from '../../../src/core/runs/spec';
import { Trainee } from '../../../src/core/training/trainee';
import { type Engine, OutOfMemoryError } from '../../../src/engines/engine';
import { startEngine } from '../../../src/engines/select';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine('cpu');
});
afterAll(() => engine.dispose());

describe.each(exampleModels)('the footprint of the %s network', (model) => {
  it.each([
    [[32, 32, 3], 10],
    [[8, 8, 3], 2],
    [[50, 50, 3], 7],
    [[37, 37, 3], 256],
    [[16, 24, 3], 5],
  ] as [ImageShape, number][])('is that of its layers, for %j and %i classes', (inputShape, classes) => {
    const network = buildNetwork(presetNetwork(model), { inputShape, classes });
    const { layers, totals } = summarize(network);
    network.dispose();
    // Inputs and what flattening gives are no values of their own; kernels are not kept.
    const own = layers.filter(({ type }) => type !== 'InputLayer' && type !== 'Flatten');
    const activations = own.reduce(
      (sum, { outputShapes }) =>
        sum + outputShapes[0]!.slice(1).reduce<number>((size, side) => size * side!, 1),
      0,
    );
    const macs = layers.reduce((sum, layer) => sum + (layer.macs ?? 0), 0);
    expect(footprint(presetNetwork(model), inputShape, classes)).toEqual({
      parameters: totals.trainable,
      statistics: totals.nonTrainable,
      macs,
      activations,
    });
  });
});

const gigabyte = 1024 ** 3;
/** As large as it says, and none of it there. */
function dataset(size: number, count: number, bytes = 0): Dataset {
  const split = { images: { length: bytes } as Uint8Array, labels: new Uint8Array(), count };
  return {
    ...{ name: 'x', classes: ['a', 'b'], imageShape: [size, size, 3], fingerprint: '', source: '' },
    ...{ train: split, validation: split, skipped: [] },
  };
}
const adam = { kind: 'adam' } as const;
const setting = { batchSize: 256, optimizer: adam, clipNorm: null, labelSmoothing: 0 };

describe('parameters that there is no room for', () => {
  const models = expandModels(exampleModels);
  const check = (
    data: Dataset,
    room: Parameters<typeof assertHoldsParameters>[3],
    processLimit = 16 * gigabyte,
  ) => assertHoldsParameters(models, setting, data, room, processLimit);

  it('are not those of the example at a usual size', () => {
    check(dataset(112, 50_000), { name: 'wasm', memoryLimit: 4 * gigabyte });
  });

  it('are refused before there is a network', () => {
    // Flattened, 4096×4096 pixels are 2^22 values in front of 64 units of the convolution's.
    expect(() => check(dataset(4096, 10), { name: 'wasm', memoryLimit: 4 * gigabyte })).toThrow(
      /^To train the model Convolution takes about \d+\.\d GB of memory for its weights alone; the wasm engine can have 4\.0 GB here\. Choose a smaller model, or another engine\.$/,
    );
  });

  it('pass through the process in a checkpoint, also where a graphics card has them', () => {
    expect(() => check(dataset(512, 10), { name: 'webgpu' }, gigabyte)).toThrow('the webgpu engine');
    check(dataset(512, 10), { name: 'webgpu' }, 4 * gigabyte);
  });
});

describe('a step that there is no room for', () => {
  const data = dataset(16, 1000);
  let trainees: { title: string; trainee: Trainee }[] = [];
  beforeAll(() => {
    trainees = expandModels(exampleModels).map(({ id, title, network }) => {
      const built = buildNetwork(network, { inputShape: data.imageShape, classes: data.classes.length });
      return { title, trainee: new Trainee(id, built, adam) };
    });
  });
  afterAll(() => {
    for (const { trainee } of trainees) trainee.dispose();
  });
  const check = (
    megabytes: number,
    changes: Partial<typeof setting> = {},
    of = data,
    processMegabytes = 16_384,
  ) =>
    assertFitsMemory(
      trainees,
      { ...setting, ...changes },
      of,
      { name: 'wasm', memoryLimit: megabytes * 2 ** 20 },
      { processLimit: processMegabytes * 2 ** 20 },
    );

  it('is refused, with the batch that there is room for', async () => {
    const problem = await check(20).catch((error: Error) => error.message);
    expect(problem).toMatch(
      /^Training the model Convolution on images of 16×16 in batches of 256 takes about 0\.1 GB of memory; the wasm engine can have 0\.0 GB here\. Choose a batch size of at most \d+, or smaller images\.$/,
    );
    const fitting = Number(/at most (\d+)/.exec(problem as string)![1]);
    expect(fitting).toBeGreaterThan(20);
    await check(20, { batchSize: fitting });
    await expect(check(20, { batchSize: fitting + 1 })).rejects.toThrow('Training the model Convolution');
    await check(200);
  });

  it('is not one of a run that has begun, as long as its values fit', async () => {
    const room = (megabytes: number) => ({ name: 'wasm', memoryLimit: megabytes * 2 ** 20 }) as const;
    await expect(assertFitsMemory(trainees, setting, data, room(40))).rejects.toThrow('in batches of 256');
    await assertFitsMemory(trainees, setting, data, room(40), { share: 1 });
    await expect(assertFitsMemory(trainees, setting, data, room(10), { share: 1 })).rejects.toThrow('256');
  });

  it('is not one whose batch is larger than the data', async () => {
    await check(20, { batchSize: 65_536 }, dataset(16, 20));
  });

  it('is one on a machine that is smaller than the engine, or full of data', async () => {
    await expect(check(4096, { batchSize: 2 }, data, 1)).rejects.toThrow(
      'Choose smaller images, or another engine.',
    );
    await expect(check(4096, {}, dataset(16, 1000, 2 ** 30), 2060)).rejects.toThrow('in batches of 256');
    await check(4096, {}, dataset(16, 1000, 2 ** 30), 2300);
  });

  it('is one, whatever the batch, where not even the first images fit', async () => {
    const { trainee } = trainees[0]!;
    const full = () => {
      throw new OutOfMemoryError('full');
    };
    const spoilt = { ...trainee, network: { ...trainee.network, apply: full } as never };
    const room = { name: 'wasm', memoryLimit: 2 ** 32 } as const;
    for (const batchSize of [1, 2, 256])
      await expect(
        assertFitsMemory([{ title: 'Large', trainee: spoilt }], { ...setting, batchSize }, data, room),
      ).rejects.toThrow(
        `Training the model Large on images of 16×16 takes more memory than the wasm engine can have here (4.0 GB), even in batches of ${Math.min(2, batchSize)}. Choose smaller images, a smaller model, or another engine.`,
      );
  });

  it('is not looked for on a graphics card, whose memory is not known', async () => {
    const untouched = {
      title: 'x',
      get trainee(): never {
        throw new Error('looked at');
      },
    };
    await assertFitsMemory([untouched], setting, data, { name: 'webgpu' });
  });
});
