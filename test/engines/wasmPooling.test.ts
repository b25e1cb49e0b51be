// Brings TF.js's gradients.
import '@tensorflow/tfjs-layers';
import {
  avgPool,
  backend_util,
  clone,
  grad,
  maxPool,
  type NamedTensorMap,
  type Tensor4D,
  tensor4d,
  engine as tfjs,
  variable,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Optimizer } from '../../src/core/training/optimizers/optimizer';
import { wasmDriver } from '../../src/engines/wasm/driver';

interface Case {
  shape: [number, number, number, number];
  filter: number | [number, number];
  strides: number | [number, number];
  pad: 'same' | 'valid' | number;
}

const cases: Case[] = [
  { shape: [3, 8, 8, 3], filter: 2, strides: 2, pad: 'valid' },
  { shape: [2, 9, 7, 3], filter: 2, strides: 2, pad: 'valid' },
  { shape: [2, 9, 7, 5], filter: 2, strides: 2, pad: 'same' },
  { shape: [2, 9, 8, 6], filter: 3, strides: 2, pad: 'same' },
  { shape: [1, 5, 6, 1], filter: [3, 2], strides: 1, pad: 'valid' },
  { shape: [1, 6, 6, 8], filter: 2, strides: [3, 1], pad: 0 },
  { shape: [2, 6, 6, 4], filter: 3, strides: 2, pad: 1 },
];

/** Few different values, most of them negative: many windows with more than one largest, many without a positive. */
const valueAt = (i: number) => ((i * 7919) % 11) / 2 - 4;

function naive(x: Float32Array, { shape, filter, strides, pad }: Case, dyAt: (output: number) => number) {
  const pool = backend_util.computePool2DInfo(shape, filter, strides, 1, pad);
  const y: number[] = [];
  const dx = new Float32Array(x.length);
  for (let b = 0; b < pool.batchSize; b++)
    for (let i = 0; i < pool.outHeight; i++)
      for (let j = 0; j < pool.outWidth; j++)
        for (let c = 0; c < pool.outChannels; c++) {
          let best = -1;
          for (let u = 0; u < pool.filterHeight; u++)
            for (let v = 0; v < pool.filterWidth; v++) {
              const row = i * pool.strideHeight + u - pool.padInfo.top;
              const column = j * pool.strideWidth + v - pool.padInfo.left;
              if (row < 0 || row >= pool.inHeight || column < 0 || column >= pool.inWidth) continue;
              const at = ((b * pool.inHeight + row) * pool.inWidth + column) * pool.inChannels + c;
              if (best < 0 || x[at]! > x[best]!) best = at;
            }
          dx[best]! += dyAt(y.length);
          y.push(x[best]!);
        }
  return { y, dx };
}

function naiveAverages(x: Float32Array, { shape, filter, strides, pad }: Case): number[] {
  const pool = backend_util.computePool2DInfo(shape, filter, strides, 1, pad);
  const y: number[] = [];
  for (let b = 0; b < pool.batchSize; b++)
    for (let i = 0; i < pool.outHeight; i++)
      for (let j = 0; j < pool.outWidth; j++)
        for (let c = 0; c < pool.outChannels; c++) {
          let [sum, count] = [0, 0];
          for (let u = 0; u < pool.filterHeight; u++)
            for (let v = 0; v < pool.filterWidth; v++) {
              const row = i * pool.strideHeight + u - pool.padInfo.top;
              const column = j * pool.strideWidth + v - pool.padInfo.left;
              if (row < 0 || row >= pool.inHeight || column < 0 || column >= pool.inWidth) continue;
              sum += x[((b * pool.inHeight + row) * pool.inWidth + column) * pool.inChannels + c]!;
              count++;
            }
          y.push(sum / count);
        }
  return y;
}

describe('the pooling kernels of the wasm engine', () => {
  let engine: Awaited<ReturnType<typeof wasmDriver.start>>;
  beforeAll(async () => {
    engine = await wasmDriver.start();
  });
  afterAll(() => engine.dispose());

  it.each(cases)('$shape filter $filter strides $strides pad $pad', (given) => {
    const { shape, filter, strides, pad } = given;
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => valueAt(i));
    const expected = naive(values, given, (output) => 1 + output / 8);
    const x = tensor4d(values, shape);
    const y = maxPool(x, filter, strides, pad) as Tensor4D;
    const dy = tensor4d(
      Float32Array.from(expected.y, (_, output) => 1 + output / 8),
      y.shape,
    );
    const dx = grad((input) => maxPool(input as Tensor4D, filter, strides, pad))(x, dy);
    expect([...y.dataSync()]).toEqual(expected.y);
    expect(dx.dataSync()).toEqual(expected.dx);
  });

  it.each(cases)('has the gradient before a ReLU, too: $shape $filter $strides $pad', (given) => {
    const { shape, filter, strides, pad } = given;
    const attrs = { filterSize: filter, strides, pad };
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) =>
      Math.max(valueAt(i), 0),
    );
    const expected = naive(values, given, (output) => 1 + output / 8);
    const input = tensor4d(values, shape);
    const output = maxPool(input, filter, strides, pad) as Tensor4D;
    const dy = tensor4d(
      Float32Array.from(expected.y, (_, output) => 1 + output / 8),
      output.shape,
    );
    // What passed through the ReLU is the pool's input, as a rule; here also another tensor.
    for (const y of [
      input,
      tensor4d(
        values.map((_, i) => valueAt(i + 1)),
        shape,
      ),
    ]) {
      const inputs = { dy, input, output, y } as NamedTensorMap;
      const dx = tfjs().runKernel('MaxPoolReluGrad', inputs, attrs) as Tensor4D;
      const mask = y.dataSync();
      expect(dx.dataSync()).toEqual(expected.dx.map((value, i) => (mask[i]! > 0 ? value : 0)));
    }
  });

  it.each(cases)('averages what a window has of the image: $shape $filter $strides $pad', (given) => {
    const { shape, filter, strides, pad } = given;
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => valueAt(i));
    const expected = naiveAverages(values, given);
    const y = avgPool(tensor4d(values, shape), filter, strides, pad).dataSync();
    expect(y.length).toBe(expected.length);
    for (const [i, value] of y.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  });

  it.each(cases)('shares out the gradient of average pooling: $shape $filter $strides $pad', (given) => {
    const { shape, filter, strides, pad } = given;
    const pool = backend_util.computePool2DInfo(shape, filter, strides, 1, pad);
    const size = shape.reduce((a, b) => a * b);
    const dy = tensor4d(
      Float32Array.from({ length: pool.outShape.reduce((a, b) => a * b) }, (_, i) => valueAt(i)),
      pool.outShape,
    );
    const dx = grad((x) => avgPool(x as Tensor4D, filter, strides, pad))(
      tensor4d(new Float32Array(size), shape),
      dy,
    );
    // Average pooling is linear: its gradient at a pixel is Σ dy · (what becomes of a 1 there).
    const [gradients, values] = [dx.dataSync<'float32'>(), dy.dataSync<'float32'>()];
    for (let pixel = 0; pixel < size; pixel++) {
      const one = new Float32Array(size);
      one[pixel] = 1;
      const y = (avgPool(tensor4d(one, shape), filter, strides, pad) as Tensor4D).dataSync<'float32'>();
      const expected = y.reduce((total, value, i) => total + value * values[i]!, 0);
      expect(gradients[pixel]).toBeCloseTo(expected, 5);
    }
  });

  it('lets a value that is not a number through', () => {
    const x = tensor4d([1, 2, Number.NaN, 4], [1, 2, 2, 1]);
    expect(maxPool(x, 2, 2, 'valid').dataSync()[0]).toBeNaN();
  });

  it('shares memory between copies, but not what is written in place', () => {
    const x = tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const weights = variable(x);
    const before = clone(weights);
    const adam = new Optimizer({ kind: 'adam' }, [weights]);
    adam.apply([tensor4d([1, -1, 1, -1], [1, 2, 2, 1])], 0.5, 1);
    expect([...before.dataSync()]).toEqual([1, 2, 3, 4]);
    expect([...x.dataSync()]).toEqual([1, 2, 3, 4]);
    for (const [i, value] of weights.dataSync().entries())
      expect(value).toBeCloseTo([0.5, 2.5, 2.5, 4.5][i]!, 4);
    adam.apply([tensor4d([1, -1, 1, -1], [1, 2, 2, 1])], 0.5, 2);
    expect(weights.dataSync()[0]).toBeCloseTo(0, 4);
  });
});
