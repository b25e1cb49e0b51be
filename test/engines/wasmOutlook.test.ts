// Brings TF.js's gradients.
import '@tensorflow/tfjs-layers';
import { dispose, grad, memory, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { gatherOutlook } from '../../src/core/involution/generators/gatherOutlook';
import type { Tensor6D } from '../../src/core/involution/operator';
import { wasmDriver } from '../../src/engines/wasm/driver';

/** Windows larger than the image, groups that fill lanes and that do not, paddings that are not symmetric. */
const cases: { size: [batch: number, height: number, width: number]; K: number; G: number; pad: number }[] = [
  { size: [2, 5, 7], K: 3, G: 2, pad: 1 },
  { size: [1, 2, 3], K: 5, G: 1, pad: 2 },
  { size: [3, 4, 4], K: 2, G: 3, pad: 0 },
  { size: [1, 31, 33], K: 3, G: 4, pad: 1 },
  { size: [2, 1, 1], K: 1, G: 1, pad: 0 },
];

afterEach(() => vi.unstubAllEnvs());

/** What positions write, gathered, and its gradient, on so many threads. */
async function compute({ size, K, G, pad }: (typeof cases)[number], threads: number) {
  vi.stubEnv('INVOLUTION_LAB_THREADS', String(threads));
  const engine = await wasmDriver.start();
  const before = memory().numTensors;
  // Whole numbers: their sums are exact in any order.
  const values = (count: number, salt: number) =>
    Float32Array.from({ length: count }, (_, i) => ((i * 7919 + salt * 613) % 13) - 6);
  const positions = size[0] * size[1] * size[2];
  const [given, asked] = [values(positions * K ** 4 * G, 1), values(positions * (2 * K - 1) ** 2 * G, 2)];
  const x = tensor(given, [...size, K * K, 1, K * K * G]);
  const dy = tensor(asked, [...size, (2 * K - 1) ** 2, 1, G]);
  const attrs = { kernelSize: K, padTop: pad, padLeft: pad };
  const y = tidy(() => gatherOutlook(x as Tensor6D, G, attrs));
  const dx = grad((shares: Tensor) => gatherOutlook(shares as Tensor6D, G, attrs))(x, dy);
  expect(y.shape).toEqual(dy.shape);
  expect(dx.shape).toEqual(x.shape);
  const [kernels, dshares] = [await y.data<'float32'>(), await dx.data<'float32'>()];
  dispose([x, dy, y, dx]);
  expect(memory().numTensors).toBe(before);
  await engine.dispose();
  return { kernels, dshares, shares: given, dkernels: asked };
}

describe('outlooks gathered on the wasm engine', () => {
  it.each(cases)('are those of a loop, with their gradient: $size, K $K, G $G', async (given) => {
    const [batch, height, width] = given.size;
    const { K, G, pad } = given;
    const { kernels, dshares, shares, dkernels } = await compute(given, 2);
    const [sums, slopes] = [new Float32Array(kernels.length), new Float32Array(dshares.length)];
    const S = 2 * K - 1;
    for (let p = 0; p < batch * height * width; p++)
      for (let delta = 0; delta < K * K; delta++) {
        const [u, v] = [Math.floor(delta / K), delta % K];
        const [row, column] = [(Math.floor(p / width) % height) + u - pad, (p % width) + v - pad];
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        const q = p + (u - pad) * width + v - pad;
        for (let tap = 0; tap < K * K; tap++)
          for (let g = 0; g < G; g++) {
            const share = ((p * K * K + tap) * K * K + delta) * G + g;
            const [a, b] = [K - 1 - u + Math.floor(tap / K), K - 1 - v + (tap % K)];
            const kernel = ((q * S + a) * S + b) * G + g;
            sums[kernel]! += shares[share]!;
            slopes[share] = dkernels[kernel]!;
          }
      }
    expect(kernels).toEqual(sums);
    expect(dshares).toEqual(slopes);
  });

  it('are the same on any number of threads', async () => {
    const [one, three] = [await compute(cases[3]!, 1), await compute(cases[3]!, 3)];
    expect(three.kernels).toEqual(one.kernels);
    expect(three.dshares).toEqual(one.dshares);
  });
});
