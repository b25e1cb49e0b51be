import { div, mul, pad, reshape, sum, type Tensor4D, tensor, tidy } from '@tensorflow/tfjs-core';
import { outputSize } from './geometry';

/**
 * Average pooling of s×s windows, s apart, padded as 'SAME' with the padding left out of the average. It is not
 * TF.js's own `avgPool`, whose gradient divides by s² also where a window is partly padding (odd sizes).
 *
 * @param x [B,H,W,C].
 * @returns [B,⌈H/s⌉,⌈W/s⌉,C].
 */
export function averagePool(x: Tensor4D, strides: number): Tensor4D {
  return tidy(() => {
    const [batch, height, width, channels] = x.shape;
    const rows = windows(height, strides);
    const columns = windows(width, strides);
    const paddings = [[0, 0], rows.padding, columns.padding, [0, 0]] as [number, number][];
    const padded = paddings.flat().some((pixels) => pixels > 0) ? pad(x, paddings) : x;
    // A side at a time: what is summed lies together then, which engines are quick at.
    const bands = sum(reshape(padded, [batch * rows.count, strides, columns.count * strides * channels]), 1);
    const blocks = sum(reshape(bands, [batch * rows.count * columns.count, strides, channels]), 1);
    const sums = reshape(blocks, [batch, rows.count, columns.count, channels]);
    const pixels = mul(tensor(rows.pixels, [rows.count, 1, 1]), tensor(columns.pixels, [columns.count, 1]));
    return div(sums, pixels) as Tensor4D;
  });
}

/** The windows along one side: how many, the padding they need, the real pixels in each. */
function windows(size: number, strides: number) {
  const count = outputSize(size, strides);
  const spare = count * strides - size;
  const before = Math.floor(spare / 2);
  const padding: [number, number] = [before, spare - before];
  const pixels = Array.from({ length: count }, (_, index) => {
    const start = index * strides - before;
    return Math.min(start + strides, size) - Math.max(start, 0);
  });
  return { count, padding, pixels };
}
