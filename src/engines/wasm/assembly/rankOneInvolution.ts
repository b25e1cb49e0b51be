// An involution whose generator has one hidden value a and one group: the kernel of a pixel is b1 + a·w1, so
//
//   y = Σ over taps of (b1 + a·w1) · (x seen through the tap)                                       (NHWC, strides 1)
//
// and neither the kernels of all pixels, K·K / C times the size of x, nor their gradients (rankOneGrad.ts,
// rankOneInputGrad.ts) need ever exist: a weight of a kernel is made for eight pixels at a time, used for their
// channels, and forgotten. Rows of pixels are taken as planes (planarRows.ts), three of them together, as the example
// has it, or one by one. An item is a row.

import { madd } from './lanes';
import {
  bring,
  channels,
  height,
  kernelSize,
  placeOf,
  plane,
  rowBytes,
  setGeometry,
  slot,
  tableBytes,
  unweave,
  weave,
  width,
} from './planarRows';
import { hide, project } from './rankOneGenerator';
import { scratch } from './scratch';

/** For each chunk Σ x·w0 and Σ (x·w0)², in double precision. */
export function rankOneSums(
  start: i32,
  end: i32,
  x: usize,
  sums: usize,
  grain: i32,
  w: i32,
  c: i32,
  w0: usize,
): void {
  setGeometry(1, w, c, 1, 0);
  const planes = scratch;
  // Beyond the last pixel zeros, which add nothing.
  memory.fill(planes, 0, slot);
  let sum = f64x2.splat(0);
  let squares = f64x2.splat(0);
  const rowEnd = planes + (<usize>width << 2);
  for (let row = start; row < end; row++) {
    unweave(x + rowBytes * row, 0, planes);
    for (let at = planes; at < rowEnd; at += 16) {
      const z = project(at, w0);
      const low = f64x2.promote_low_f32x4(z);
      const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(z, z, 2, 3, 0, 1));
      sum = f64x2.add(sum, f64x2.add(low, high));
      squares = f64x2.add(squares, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
    }
  }
  const to = sums + (<usize>(start / grain) << 4);
  store<f64>(to, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
  store<f64>(to, f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1), 8);
}

/** y, whose values are `lower` at least (ReLU: 0). */
export function rankOneInvolution(
  start: i32,
  end: i32,
  x: usize,
  y: usize,
  h: i32,
  w: i32,
  c: i32,
  k: i32,
  padTop: i32,
  padLeft: i32,
  w0: usize,
  centre: f32,
  deviation: f32,
  gamma: f32,
  beta: f32,
  w1: usize,
  b1: usize,
  lower: f32,
): void {
  setGeometry(h, w, c, k, 0);
  const table = scratch;
  const zeros = table + tableBytes();
  const ring = zeros + slot;
  const result = ring + slot * kernelSize;
  const normal = result + slot;
  const active = normal + plane;
  memory.fill(zeros, 0, active + plane - zeros);

  for (let row = start; row < end; row++) {
    const i = row % height;
    const fresh = row == start || i == 0 ? kernelSize : 1;
    bring(x + rowBytes * (row - i), 0, i - padTop, fresh, padLeft, table, ring, zeros);
    const centreRow = placeOf(i, ring, zeros) + (<usize>padLeft << 2);
    hide(centreRow, normal, active, w0, centre, deviation, gamma, beta);
    if (channels == 3) blendThree(table, active, w1, b1, result);
    else for (let channel = 0; channel < channels; channel++) blendOne(table, active, w1, b1, result, channel);
    weave(result, y + rowBytes * row, lower);
  }
}

/** A row of y, all three channels, eight pixels at a time. */
function blendThree(table: usize, active: usize, w1: usize, b1: usize, y: usize): void {
  const end = <usize>width << 2;
  const tableEnd = table + (<usize>kernelSize << 2);
  const windowBytes = <usize>kernelSize << 2;
  const green = plane;
  const blue = 2 * plane;
  for (let at: usize = 0; at < end; at += 32) {
    const a0 = v128.load(active + at);
    const a1 = v128.load(active + at, 16);
    let red0 = f32x4.splat(0);
    let red1 = red0;
    let green0 = red0;
    let green1 = red0;
    let blue0 = red0;
    let blue1 = red0;
    let k: usize = 0;
    for (let entry = table; entry < tableEnd; entry += 4) {
      let from = load<usize>(entry) + at;
      const last = from + windowBytes;
      for (; from < last; from += 4) {
        const b = v128.load32_splat(b1 + k);
        const w = v128.load32_splat(w1 + k);
        k += 4;
        const weight0 = madd(b, w, a0);
        const weight1 = madd(b, w, a1);
        red0 = madd(red0, weight0, v128.load(from));
        red1 = madd(red1, weight1, v128.load(from, 16));
        green0 = madd(green0, weight0, v128.load(from + green));
        green1 = madd(green1, weight1, v128.load(from + green, 16));
        blue0 = madd(blue0, weight0, v128.load(from + blue));
        blue1 = madd(blue1, weight1, v128.load(from + blue, 16));
      }
    }
    v128.store(y + at, red0);
    v128.store(y + at, red1, 16);
    v128.store(y + green + at, green0);
    v128.store(y + green + at, green1, 16);
    v128.store(y + blue + at, blue0);
    v128.store(y + blue + at, blue1, 16);
  }
}

/** A row of y, one channel. */
function blendOne(table: usize, active: usize, w1: usize, b1: usize, y: usize, channel: i32): void {
  const end = <usize>width << 2;
  const offset = plane * channel;
  for (let at: usize = 0; at < end; at += 32) {
    const a0 = v128.load(active + at);
    const a1 = v128.load(active + at, 16);
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let k: usize = 0;
    for (let u = 0; u < kernelSize; u++) {
      let from = load<usize>(table + (<usize>u << 2)) + offset + at;
      for (let v = 0; v < kernelSize; v++) {
        const b = v128.load32_splat(b1 + k);
        const w = v128.load32_splat(w1 + k);
        k += 4;
        sum0 = madd(sum0, madd(b, w, a0), v128.load(from));
        sum1 = madd(sum1, madd(b, w, a1), v128.load(from, 16));
        from += 4;
      }
    }
    v128.store(y + offset + at, sum0);
    v128.store(y + offset + at, sum1, 16);
  }
}
