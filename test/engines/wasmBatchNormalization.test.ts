import { dispose, grads, type Tensor, type Tensor1D, tensor } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { batchNormalization } from '../../src/core/batchNormalization/operator';
import { wasmDriver } from '../../src/engines/wasm/driver';

afterEach(() => vi.unstubAllEnvs());

/** Many chunks and one; channels that fill vectors and don't. */
const shapes = [
  [5, 33, 31, 24],
  [700, 61],
  [2, 3, 1500],
];

describe('batch normalisation on the wasm engine', () => {
  it.each([2, 3])('has the same bits on %i threads as on one', async (threads) => {
    const expected = await bytesOn(1);
    expect(expected.some((byte) => byte !== 0)).toBe(true);
    expect((await bytesOn(threads)).equals(expected)).toBe(true);
  });
});

describe('the variance on the wasm engine', () => {
  it.each([20, 61])(
    'keeps its digits where values lie far from 0, and the first far from the others: %i channels',
    async (channels) => {
      const engine = await wasmDriver.start();
      const values = Float32Array.from({ length: 1000 * channels }, (_, i) => 1000 + Math.sin(i * 0.37) / 8);
      values.fill(1003, 0, channels);
      const x = tensor(values, [1000, channels]);
      const [gamma, beta] = [wave([channels], 2), wave([channels], 3)] as [Tensor1D, Tensor1D];
      const [y, mean, variance] = batchNormalization(x, gamma, beta, { epsilon: 1e-3 });
      const means = mean.dataSync();
      const variances = variance.dataSync();
      for (let c = 0; c < channels; c++) {
        const column = Array.from({ length: 1000 }, (_, n) => values[n * channels + c]!);
        const expected = column.reduce((sum, value) => sum + value, 0) / 1000;
        const spread = column.reduce((sum, value) => sum + (value - expected) ** 2, 0) / 1000;
        expect(means[c]! / expected).toBeCloseTo(1, 6);
        expect(variances[c]! / spread).toBeCloseTo(1, 5);
      }
      dispose([x, gamma, beta, y, mean, variance]);
      await engine.dispose();
    },
  );
});

/** Of every output and gradient, on an engine with so many threads. */
async function bytesOn(threads: number): Promise<Buffer> {
  vi.stubEnv('INVOLUTION_LAB_THREADS', String(threads));
  const engine = await wasmDriver.start();
  expect(engine.device).toContain(threads === 1 ? '1 thread' : `${threads} threads`);
  const values = shapes.flatMap((shape) => {
    const [x, dy] = [wave(shape, 0), wave(shape, 1)];
    const [gamma, beta] = [wave(shape.slice(-1), 2), wave(shape.slice(-1), 3)] as [Tensor1D, Tensor1D];
    const operator = (...[x, gamma, beta]: Tensor[]) =>
      batchNormalization(x!, gamma as Tensor1D, beta as Tensor1D, { epsilon: 1e-3 });
    const results = [
      ...operator(x, gamma, beta),
      ...grads((...inputs) => operator(...inputs)[0])([x, gamma, beta], dy),
    ];
    const bytes = results.map((result) => Buffer.from(result.dataSync<'float32'>().slice().buffer));
    dispose([x, dy, gamma, beta, results]);
    return bytes;
  });
  await engine.dispose();
  return Buffer.concat(values);
}

function wave(shape: number[], phase: number): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return tensor(
    Float32Array.from({ length }, (_, i) => Math.sin(i * 0.37 + phase)),
    shape,
  );
}
