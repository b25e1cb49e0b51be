import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertFitsMemory } from '../../../src/application/training/memoryNeed';
import type { Dataset, ImageShape } from '../../../src/core/data/dataset';
import { buildNetwork } from '../../../src/core/network/build';
import { footprint } from '../../../src/core/network/footprint';
import { expandModels } from '../../../src/core/network/model';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import { summarize } from '../../../src/core/network/summary';
import { exampleModels } from '../../../src/core/runs/spec';
import type { Engine } from '../../../src/engines/engine';
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

describe('a training that there is no room for', () => {
  const gigabyte = 1024 ** 3;
  const wasm = { name: 'wasm', memoryLimit: 4 * gigabyte } as const;
  const graphics = { name: 'webgpu' } as const;
  /** As large as it says, and none of it there. */
  const dataset = (size: number, count: number, bytes = 0): Dataset => {
    const split = { images: { length: bytes } as Uint8Array, labels: new Uint8Array(), count };
    return {
      ...{ name: 'x', classes: ['a', 'b'], imageShape: [size, size, 3], fingerprint: '', source: '' },
      ...{ train: split, validation: split, skipped: [] },
    };
  };
  const both = { models: expandModels(exampleModels), batchSize: 256, optimizer: { kind: 'adam' } as const };

  it.each([32, 64, 112])('is not the usual one, at %i pixels', (size) => {
    assertFitsMemory(both, dataset(size, 50_000), wasm, 16 * gigabyte);
  });

  it.each([200, 512])('is one image a step at no size that is allowed: %i', (size) => {
    assertFitsMemory({ ...both, batchSize: 1 }, dataset(size, 10), wasm, 16 * gigabyte);
  });

  it('is refused, with the batch that there is room for', () => {
    const large = dataset(512, 1000);
    const problem = () => assertFitsMemory(both, large, wasm, 16 * gigabyte);
    expect(problem).toThrow(
      /^Training the model Convolution on images of 512×512 in batches of 256 takes about 4\d\.\d GB of memory; the wasm engine can have 4\.0 GB here\. Choose a batch size of at most \d+, or smaller images\.$/,
    );
    const fitting = Number(/at most (\d+)/.exec(messageOf(problem))![1]);
    expect(fitting).toBeGreaterThan(4);
    assertFitsMemory({ ...both, batchSize: fitting }, large, wasm, 16 * gigabyte);
    expect(() => assertFitsMemory({ ...both, batchSize: fitting + 1 }, large, wasm, 16 * gigabyte)).toThrow();
  });

  it('is not one whose batch is larger than the data', () => {
    assertFitsMemory({ ...both, batchSize: 65_536 }, dataset(32, 1000), wasm, 16 * gigabyte);
  });

  it('is one on a machine that is smaller than the engine, or full of data', () => {
    const large = dataset(512, 1000);
    expect(() => assertFitsMemory({ ...both, batchSize: 1 }, large, wasm, gigabyte)).toThrow(
      'can have 1.0 GB here. Choose smaller images, or another engine.',
    );
    const full = dataset(512, 1000, 3 * gigabyte);
    expect(() => assertFitsMemory({ ...both, batchSize: 1 }, full, wasm, 7 * gigabyte)).toThrow(
      'can have 1.0 GB here.',
    );
    // A graphics card has memory of its own, but a checkpoint passes through the process.
    expect(() => assertFitsMemory(both, large, graphics, gigabyte)).toThrow('the webgpu engine');
    assertFitsMemory(both, large, graphics, 4 * gigabyte);
  });
});

function messageOf(throwing: () => void): string {
  try {
    throwing();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
