// The gradient of rankOneInvolution.ts in x:
//
//   dx = dz·w0 + Σ over taps of (b1 + a·w1) · dy, both at the pixel that sees this one through the tap
//
// with dz as in rankOneGrad.ts. An item is a row.

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
import { hide } from './rankOneGenerator';
import { scratch } from './scratch';

/** dx, where dz = da · scale − shift − n · slope; `y` is what a ReLU behind the involution gave, or null. */
export function rankOneInvolutionInputGrad(
  start: i32,
  end: i32,
  dy: usize,
  y: usize,
  da: usize,
  x: usize,
  dx: usize,
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
  scale: f32,
  shift: f32,
  slope: f32,
): void {
  // A row of the ring has the planes of dy, and of n and a.
  setGeometry(h, w, c, k, 2);
  const table = scratch;
  const zeros = table + tableBytes();
  const ring = zeros + slot;
  const result = ring + slot * kernelSize;
  const image = result + slot;
  memory.fill(zeros, 0, image + slot - zeros);
  const before = kernelSize - 1 - padLeft;
  const normalPlane = plane * channels + (<usize>before << 2);
  const activePlane = normalPlane + plane;

  for (let row = start; row < end; row++) {
    const i = row % height;
    const isNew = row == start || i == 0;
    const first = i + padTop - kernelSize + 1;
    const rectified = y ? y + rowBytes * (row - i) : 0;
    bring(dy + rowBytes * (row - i), rectified, first, isNew ? kernelSize : 1, before, table, ring, zeros);
    for (let u = isNew ? 0 : kernelSize - 1; u < kernelSize; u++) {
      const place = load<usize>(table + (<usize>u << 2));
      if (place == zeros) continue;
      unweave(x + rowBytes * (row - i + first + u), 0, image);
      hide(image, place + normalPlane, place + activePlane, w0, centre, deviation, gamma, beta);
    }
    const normal = placeOf(i, ring, zeros) + normalPlane;
    throughGenerator(da + (<usize>(row * width) << 2), normal, w0, scale, shift, slope, result);
    if (channels == 3) gatherThree(table, w1, b1, result);
    else for (let channel = 0; channel < channels; channel++) gatherOne(table, w1, b1, result, channel);
    weave(result, dx + rowBytes * row, -Infinity);
  }
}

/** A row of dz·w0. */
@inline
function throughGenerator(
  da: usize,
  normal: usize,
  w0: usize,
  scale: f32,
  shift: f32,
  slope: f32,
  to: usize,
): void {
  const end = <usize>width << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const direct = f32x4.sub(f32x4.mul(v128.load(da + at), f32x4.splat(scale)), f32x4.splat(shift));
    const dz = f32x4.sub(direct, f32x4.mul(v128.load(normal + at), f32x4.splat(slope)));
    for (let channel = 0; channel < channels; channel++) {
      const weight = v128.load32_splat(w0 + (<usize>channel << 2));
      v128.store(to + plane * channel + at, f32x4.mul(dz, weight));
    }
  }
}

/** Adds to a row of dx what comes through the taps, from the last to the first; all three channels. */
function gatherThree(table: usize, w1: usize, b1: usize, dx: usize): void {
  const end = <usize>width << 2;
  const tableEnd = table + (<usize>kernelSize << 2);
  const windowBytes = <usize>kernelSize << 2;
  const lastTap = <usize>(kernelSize * kernelSize - 1) << 2;
  const green = plane;
  const blue = 2 * plane;
  const active = 4 * plane;
  for (let at: usize = 0; at < end; at += 32) {
    let red0 = v128.load(dx + at);
    let red1 = v128.load(dx + at, 16);
    let green0 = v128.load(dx + green + at);
    let green1 = v128.load(dx + green + at, 16);
    let blue0 = v128.load(dx + blue + at);
    let blue1 = v128.load(dx + blue + at, 16);
    let k = lastTap;
    for (let entry = table; entry < tableEnd; entry += 4) {
      let from = load<usize>(entry) + at;
      const last = from + windowBytes;
      for (; from < last; from += 4) {
        const b = v128.load32_splat(b1 + k);
        const w = v128.load32_splat(w1 + k);
        k -= 4;
        const weight0 = madd(b, w, v128.load(from + active));
        const weight1 = madd(b, w, v128.load(from + active, 16));
        red0 = madd(red0, weight0, v128.load(from));
        red1 = madd(red1, weight1, v128.load(from, 16));
        green0 = madd(green0, weight0, v128.load(from + green));
        green1 = madd(green1, weight1, v128.load(from + green, 16));
        blue0 = madd(blue0, weight0, v128.load(from + blue));
        blue1 = madd(blue1, weight1, v128.load(from + blue, 16));
      }
    }
    v128.store(dx + at, red0);
    v128.store(dx + at, red1, 16);
    v128.store(dx + green + at, green0);
    v128.store(dx + green + at, green1, 16);
    v128.store(dx + blue + at, blue0);
    v128.store(dx + blue + at, blue1, 16);
  }
}

/** The same for one channel. */
function gatherOne(table: usize, w1: usize, b1: usize, dx: usize, channel: i32): void {
  const end = <usize>width << 2;
  const offset = plane * channel;
  const active = plane * (channels + 1);
  for (let at: usize = 0; at < end; at += 16) {
    let sum = v128.load(dx + offset + at);
    let k = <usize>(kernelSize * kernelSize - 1) << 2;
    for (let u = 0; u < kernelSize; u++) {
      let from = load<usize>(table + (<usize>u << 2)) + at;
      for (let v = 0; v < kernelSize; v++) {
        const weight = madd(v128.load32_splat(b1 + k), v128.load32_splat(w1 + k), v128.load(from + active));
        sum = madd(sum, weight, v128.load(from + offset));
        k -= 4;
        from += 4;
      }
    }
    v128.store(dx + offset + at, sum);
  }
}
