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
    const padded = pad(x, [[0, 0], rows.padding, columns.padding, [0, 0]]);
    const blocks = reshape(padded, [batch * rows.count, strides, columns.count, strides, channels]);
    const sums = reshape(sum(blocks, [1, 3]), [batch, rows.count, columns.count, channels]);
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
