import {
  backend_util,
  dispose,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  tensor,
  engine as tfEngine,
  util,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { runningWebGpu } from './runningWebGpu';

runningWebGpu();

type Shape4 = [number, number, number, number];

interface Case {
  readonly input: Shape4;
  readonly filter: readonly [number, number];
  readonly outputs: number;
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number;
}

/** Odd sizes, strides and paddings; sums of many pieces; more than one square of a workgroup. */
const cases: readonly Case[] = [
  { input: [3, 9, 7, 3], filter: [3, 3], outputs: 6, strides: 1, pad: 'same' },
  { input: [2, 8, 11, 5], filter: [3, 2], outputs: 4, strides: [2, 3], pad: 'same' },
  { input: [40, 6, 5, 4], filter: [1, 1], outputs: 8, strides: 2, pad: 'valid' },
  { input: [2, 7, 7, 6], filter: [7, 7], outputs: 6, strides: 1, pad: 3 },
  { input: [9, 16, 16, 5], filter: [3, 3], outputs: 37, strides: 1, pad: 'same' },
  { input: [5, 6, 4, 9], filter: [1, 1], outputs: 7, strides: 1, pad: 'same' },
];

describe.each(cases)('of $filter over $input to $outputs, strides $strides, pad $pad, on webgpu', (given) => {
  const { input, filter, outputs, pad } = given;
  const strides =
    typeof given.strides === 'number' ? ([given.strides, given.strides] as [number, number]) : given.strides;
  const filterShape: Shape4 = [...filter, input[3], outputs];

  // Whole numbers: their sums are exact in any order.
  it('the gradients of a convolution are those of a loop', async () => {
    const info = backend_util.computeConv2DInfo(input, filterShape, strides, 1, pad);
    const values = [whole(input, 1), whole(info.outShape, 2), whole(filterShape, 3)] as const;
    const expected = gradients(...values, info);
    const attrs = { strides, pad, dataFormat: 'NHWC' };
    const [x, dy, w] = tensors(values, [input, info.outShape, filterShape]);
    const dw = run('Conv2DBackpropFilter', { x: x!, dy: dy! }, { ...attrs, filterShape });
    const dx = run('Conv2DBackpropInput', { dy: dy!, filter: w! }, { ...attrs, inputShape: input });
    expect(dw.shape).toEqual(filterShape);
    expect(dx.shape).toEqual(input);
    expect(await dw.data()).toEqual(expected.dw);
    expect(await dx.data()).toEqual(expected.dx);
    dispose([x!, dy!, w!, dw, dx]);
  });

  it('the filter gradient of a depthwise convolution is that of a loop', async () => {
    const depthwiseShape: Shape4 = [...filter, input[3], 2];
    const info = backend_util.computeConv2DInfo(
      ...([input, depthwiseShape, strides, 1, pad, undefined, true] as const),
    );
    const values = [whole(input, 1), whole(info.outShape, 2)] as const;
    const [x, dy] = tensors(values, [input, info.outShape]);
    const attrs = { strides, dilations: [1, 1], pad, filterShape: depthwiseShape };
    const dw = run('DepthwiseConv2dNativeBackpropFilter', { x: x!, dy: dy! }, attrs);
    expect(await dw.data()).toEqual(depthwiseGradient(...values, info));
    dispose([x!, dy!, dw]);
  });
});

it('a product over many rows is that of a loop on webgpu', async () => {
  const [rows, left, right] = [5000, 35, 3] as const;
  const values = [whole([rows, left], 1), whole([rows, right], 2)] as const;
  const [a, b] = tensors(values, [
    [1, rows, left],
    [1, rows, right],
  ]);
  const product = run('BatchMatMul', { a: a!, b: b! }, { transposeA: true, transposeB: false });
  const expected = new Float32Array(left * right);
  for (let row = 0; row < rows; row++)
    for (let m = 0; m < left; m++)
      for (let n = 0; n < right; n++)
        expected[m * right + n]! += values[0][row * left + m]! * values[1][row * right + n]!;
  expect(product.shape).toEqual([1, left, right]);
  expect(await product.data()).toEqual(expected);
  dispose([a!, b!, product]);
});

const whole = (shape: readonly number[], salt: number) =>
  Float32Array.from({ length: util.sizeFromShape([...shape]) }, (_, i) => ((i * 7919 + salt * 613) % 7) - 3);

const tensors = (values: readonly Float32Array[], shapes: readonly (readonly number[])[]) =>
  values.map((each, i) => tensor(each, [...shapes[i]!]));

const run = (kernel: string, inputs: Record<string, Tensor>, attrs: object) =>
  tfEngine().runKernel(kernel, inputs as NamedTensorMap, attrs as NamedAttrMap) as Tensor;

function gradients(x: Float32Array, dy: Float32Array, w: Float32Array, info: backend_util.Conv2DInfo) {
  const { inChannels, outChannels } = info;
  const [dx, dw] = [new Float32Array(x.length), new Float32Array(w.length)];
  forEachTap(info, (tap, pixel, outPixel) => {
    for (let c = 0; c < inChannels; c++)
      for (let d = 0; d < outChannels; d++) {
        const weight = (tap * inChannels + c) * outChannels + d;
        const gradient = dy[outPixel * outChannels + d]!;
        dw[weight]! += x[pixel * inChannels + c]! * gradient;
        dx[pixel * inChannels + c]! += w[weight]! * gradient;
      }
  });
  return { dx, dw };
}

function depthwiseGradient(x: Float32Array, dy: Float32Array, info: backend_util.Conv2DInfo): Float32Array {
  const { inChannels, outChannels, filterHeight, filterWidth } = info;
  const dw = new Float32Array(filterHeight * filterWidth * outChannels);
  forEachTap(info, (tap, pixel, outPixel) => {
    for (let d = 0; d < outChannels; d++) {
      const c = Math.floor((d * inChannels) / outChannels);
      dw[tap * outChannels + d]! += x[pixel * inChannels + c]! * dy[outPixel * outChannels + d]!;
    }
  });
  return dw;
}

/** Each pair of a pixel of the image and a pixel of the output that a weight of the window connects. */
function forEachTap(
  info: backend_util.Conv2DInfo,
  visit: (tap: number, pixel: number, outPixel: number) => void,
): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, padInfo } = info;
  for (let outPixel = 0; outPixel < batchSize * outHeight * outWidth; outPixel++)
    for (let tap = 0; tap < filterHeight * filterWidth; tap++) {
      const [outRow, j] = [Math.floor(outPixel / outWidth), outPixel % outWidth];
      const row = (outRow % outHeight) * info.strideHeight + Math.floor(tap / filterWidth) - padInfo.top;
      const column = j * info.strideWidth + (tap % filterWidth) - padInfo.left;
      if (row < 0 || row >= inHeight || column < 0 || column >= inWidth) continue;
      visit(tap, (Math.floor(outRow / outHeight) * inHeight + row) * inWidth + column, outPixel);
    }
}
