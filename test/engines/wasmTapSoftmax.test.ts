// Brings TF.js's gradients.
import '@tensorflow/tfjs-layers';
import { dispose, grad, memory, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { softmaxOverTaps } from '../../src/core/involution/generators/tapSoftmax';
import type { Tensor6D } from '../../src/core/involution/operator';
import { wasmDriver } from '../../src/engines/wasm/driver';

/** Groups that fill lanes and that do not, single taps, single columns. */
type Shape = [height: number, width: number, taps: number, groups: number];
const shapes: Shape[] = [
  [5, 7, 9, 1],
  [3, 3, 49, 4],
  [2, 5, 25, 3],
  [4, 4, 9, 18],
  [1, 1, 9, 1],
  [3, 5, 1, 2],
  [20, 21, 49, 1],
];

afterEach(() => vi.unstubAllEnvs());

/** Shares and their gradient on so many threads, and what a loop gives in double precision. */
async function compute([height, width, taps, groups]: Shape, threads: number) {
  vi.stubEnv('INVOLUTION_LAB_THREADS', String(threads));
  const engine = await wasmDriver.start();
  const before = memory().numTensors;
  const count = height * width * taps * groups;
  const values = (salt: number) => Float32Array.from({ length: count }, (_, i) => 9 * Math.sin(i * salt));
  const shape = [1, height, width, taps, 1, groups];
  const [x, dy] = [tensor(values(0.37), shape), tensor(values(0.61), shape)];
  const y = tidy(() => softmaxOverTaps(x as Tensor6D));
  const dx = grad((scores: Tensor) => softmaxOverTaps(scores as Tensor6D))(x, dy);
  const [shares, gradient] = [await y.data<'float32'>(), await dx.data<'float32'>()];
  dispose([x, dy, y, dx]);
  expect(memory().numTensors).toBe(before);
  await engine.dispose();
  return { shares, gradient, scores: values(0.37), dshares: values(0.61) };
}

describe('softmax over taps on the wasm engine', () => {
  it.each(shapes)('is a loop’s, with its gradient: %i × %i, %i taps, %i groups', async (...shape) => {
    const [height, width, taps, groups] = shape;
    const { shares, gradient, scores, dshares } = await compute(shape, 2);
    let [worstShare, worstGradient] = [0, 0];
    for (let column = 0; column < height * width * groups; column++) {
      const first = Math.floor(column / groups) * taps * groups + (column % groups);
      const places = Array.from({ length: taps }, (_, tap) => first + tap * groups);
      const powers = places.map((place) => Math.exp(scores[place]!));
      const total = powers.reduce((a, b) => a + b);
      const wanted = powers.map((power) => power / total);
      const mean = places.reduce((sum, place, tap) => sum + dshares[place]! * wanted[tap]!, 0);
      for (const [tap, place] of places.entries()) {
        worstShare = Math.max(worstShare, Math.abs(shares[place]! / wanted[tap]! - 1));
        const slope = wanted[tap]! * (dshares[place]! - mean);
        worstGradient = Math.max(worstGradient, Math.abs(gradient[place]! - slope));
      }
    }
    expect(worstShare).toBeLessThan(2e-6);
    expect(worstGradient).toBeLessThan(1e-5);
  });

  it.each(shapes)('has the same bits on any number of threads: %i × %i, %i, %i', async (...shape) => {
    const alone = await compute(shape, 1);
    for (const threads of [2, 3]) {
      const together = await compute(shape, threads);
      expect(Buffer.from(together.shares.buffer).equals(Buffer.from(alone.shares.buffer))).toBe(true);
      expect(Buffer.from(together.gradient.buffer).equals(Buffer.from(alone.gradient.buffer))).toBe(true);
    }
  });

  it('gives nothing to what is masked, and stays finite', async () => {
    const engine = await wasmDriver.start();
    const x = tensor([0, -1e9, 0, -100, 3e38, 1e38, -3e38, -Infinity], [1, 1, 2, 4, 1, 1]);
    const y = tidy(() => softmaxOverTaps(x as Tensor6D));
    expect([...(await y.data())]).toEqual([0.5, 0, 0.5, 0, 1, 0, 0, 0]);
    dispose([x, y]);
    await engine.dispose();
  });
});
