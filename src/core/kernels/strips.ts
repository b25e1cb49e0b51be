import { slice, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import { outputSize } from '../involution/geometry';
import type { Involution } from '../involution/layer';
import type { Tensor6D } from '../involution/operator';
import type { Activation } from './kernelLayer';

/** An image is worked on in horizontal strips whose tensors take no more than this. */
export const usualStripBytes = 32 * 1024 ** 2;

/** Rows [from, to) of an involution's output. */
export interface Strip {
  readonly from: number;
  readonly to: number;
}

/** The output in strips, each as high as a multiple of `multiple`, but for the last, which is not lower than that. */
export function stripsOf(
  { stencilSize, groups, strides }: Involution,
  { height, width, channels }: Activation,
  stripBytes = usualStripBytes,
  multiple = 1,
): Strip[] {
  const [outHeight, outWidth] = [outputSize(height, strides), outputSize(width, strides)];
  const rowBytes = 4 * outWidth * (2 * channels * strides + stencilSize ** 2 * groups);
  const rows = Math.max(1, Math.floor(stripBytes / rowBytes / multiple)) * multiple;
  const strips: Strip[] = [];
  for (let from = 0, to = 0; from < outHeight; from = to) {
    to = outHeight - from - rows < multiple ? outHeight : from + rows;
    strips.push({ from, to });
  }
  return strips;
}

/** What an involution gives in a strip, as it comes out for the whole input. To be tidied up after. */
export function applyToStrip(
  involution: Involution,
  input: Activation,
  { from, to }: Strip,
): { outputs: Tensor4D; kernels: Tensor6D } {
  const range = inputRange(from, to, input.height, involution);
  const strip = cropped(input, range.from, range.to, 0, input.width);
  const [outputs, kernels] = involution.apply(strip, { training: false }) as [Tensor4D, Tensor6D];
  const first = from - range.from / involution.strides;
  return {
    outputs: slice(outputs, [0, first, 0, 0], [1, to - from, -1, -1]),
    kernels: slice(kernels, [0, first, 0, 0, 0, 0], [1, to - from, -1, -1, 1, -1]),
  };
}

/**
 * Which rows of the input (or columns: `size` is the side's length) an involution needs for its output rows [a, b) to
 * come out as they do for the whole image. They begin at a multiple of the stride, and leave the same remainder by it
 * as the whole: so 'SAME' pads both alike.
 */
export function inputRange(
  a: number,
  b: number,
  size: number,
  { stencilSize, strides }: Involution,
): { from: number; to: number } {
  const halo = Math.ceil(stencilSize / strides) + 1;
  const from = Math.max(0, a - halo) * strides;
  return { from, to: Math.min(size, (b + halo) * strides + (size % strides)) };
}

/** [1, bottom − top, right − left, C]. */
export function cropped(
  { width, channels, values }: Activation,
  top: number,
  bottom: number,
  left: number,
  right: number,
): Tensor4D {
  const rows = values.subarray(top * width * channels, bottom * width * channels);
  const strip = tensor4d(rows, [1, bottom - top, width, channels]);
  return left === 0 && right === width ? strip : slice(strip, [0, 0, left, 0], [1, -1, right - left, -1]);
}
