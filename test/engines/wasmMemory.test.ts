import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend, type Variable } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildNetwork } from '../../src/core/network/build';
import { presetNetwork } from '../../src/core/network/presets/presets';
import { Optimizer } from '../../src/core/training/optimizers/optimizer';
import { Steps } from '../../src/core/training/step';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';

const size = 24;
const classes = 5;

let engine: Engine;
/** Bytes of the heap that are in use, and the most of them since `most` was set. */
const blocks = { inUse: 0, most: 0 };
beforeAll(async () => {
  engine = await startEngine('wasm');
  const { wasm } = backend() as BackendWasm;
  const { _malloc: allocate, _free: free } = wasm;
  const sizes = new Map<number, number>();
  wasm._malloc = (bytes) => {
    const address = allocate(bytes);
    sizes.set(address, bytes);
    blocks.inUse += bytes;
    blocks.most = Math.max(blocks.most, blocks.inUse);
    return address;
  };
  wasm._free = (address) => {
    blocks.inUse -= sizes.get(address) ?? 0;
    sizes.delete(address);
    free(address);
  };
});
afterAll(() => engine.dispose());

/** Bytes that a first, a second and a third step took, and what was said of them. */
async function stepsOf(preset: string, parameters: Record<string, unknown>, count: number) {
  const spec = presetNetwork(preset, parameters);
  const network = buildNetwork(spec, { inputShape: [size, size, 3], classes });
  const variables = network.trainableWeights.map((weight) => weight.read() as Variable);
  const optimizer = new Optimizer({ kind: 'adam' }, variables);
  const steps = new Steps(network, optimizer, { imageShape: [size, size, 3] });
  const before = blocks.inUse;
  const demand = steps.demand(count)!;
  const left = blocks.inUse - before;
  const batch = { images: new Uint8Array(count * size * size * 3), labels: new Uint8Array(count), count };
  const taken: number[] = [];
  for (let step = 1; step <= 3; step++) {
    const begin = blocks.inUse;
    blocks.most = begin;
    const { loss, correct } = steps.train(batch, step, 1e-3);
    await loss.data();
    taken.push(blocks.most - begin);
    loss.dispose();
    correct.dispose();
  }
  for (const owner of [steps, optimizer, network]) owner.dispose();
  return { expected: demand.bytes(count), taken, left };
}

describe('the memory of a step', () => {
  it.each([
    ['involution', {}],
    ['convolution', {}],
    ['attention', {}],
    ['static', {}],
    ['rednet', { width: 0.25 }],
    ['resnet', { width: 0.25 }],
    ['drin', {}],
  ])(
    'is what trying it on a few images says, and a part for the kernels: %s %j',
    async (preset, parameters) => {
      const { expected, taken, left } = await stepsOf(preset, parameters, 24);
      expect(left, 'left behind by trying').toBe(0);
      const most = Math.max(...taken);
      expect(most / expected).toBeGreaterThan(0.9);
      // What is allowed for: `heapShare` of memoryNeed.ts.
      expect(most / expected).toBeLessThan(1.75);
      // Later steps are plans, which fuse.
      expect(taken[2]!).toBeLessThanOrEqual(most);
    },
  );

  it('grows with the batch, however small that is', async () => {
    const [three, eight] = [await stepsOf('drin', {}, 3), await stepsOf('drin', {}, 8)];
    // The second: kernels get room of their own in the first.
    expect(eight.taken[1]! / three.taken[1]!).toBeGreaterThan(2.4);
    expect(eight.taken[1]! / three.taken[1]!).toBeLessThan(2.8);
  });
});
