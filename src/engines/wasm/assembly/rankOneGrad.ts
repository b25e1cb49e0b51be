// The gradients of rankOneInvolution.ts in the generator's weights. With s = Σ over channels of dy · (x seen through a tap):
//
//   db1 = Σ s      dw1 = Σ a·s      da = Σ over taps of w1·s where a > 0, else 0      dβ = Σ da      dγ = Σ da·n
//   dz = (da − (dβ + n·dγ) · share) · γ · deviation      dw0 = Σ dz·x
//
// The last needs sums over all pixels before it can begin; so Σ da·x, Σ x and Σ n·x are kept, and it is made of them. Sums
// are kept per chunk, and are added in the chunks' order afterwards. An item is a row.

import { madd, sumOf } from './lanes';
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
  width,
} from './planarRows';
import { hide } from './rankOneGenerator';
import { scratch } from './scratch';

/** `y` is what a ReLU behind the involution gave, or null. da of all pixels, and for each chunk the sums db1, dw1 [K·K each], dβ, dγ, Σ da·x, Σ x, Σ n·x [C each]. */
export function rankOneInvolutionGrad(
  start: i32,
  end: i32,
  dy: usize,
  y: usize,
  x: usize,
  da: usize,
  sums: usize,
  grain: i32,
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
): void {
  setGeometry(h, w, c, k, 0);
  const taps = kernelSize * kernelSize;
  const sumCount = 2 * taps + 2 + 3 * channels;
  // In scratch the sums are vectors.
  const table = scratch;
  const tapSums = table + tableBytes();
  const hiddenSums = tapSums + (<usize>taps << 5);
  const pixelSums = hiddenSums + 32;
  const zeros = tapSums + (<usize>sumCount << 4);
  const ring = zeros + slot;
  const gradient = ring + slot * kernelSize;
  const normal = gradient + slot;
  const active = normal + plane;
  const change = active + plane;
  // Beyond the last pixel x and dy are 0, so that nothing there adds to a sum.
  memory.fill(tapSums, 0, change + plane - tapSums);

  for (let row = start; row < end; row++) {
    const i = row % height;
    const fresh = row == start || i == 0 ? kernelSize : 1;
    bring(x + rowBytes * (row - i), 0, i - padTop, fresh, padLeft, table, ring, zeros);
    unweave(dy + rowBytes * row, y ? y + rowBytes * row : 0, gradient);
    const centreRow = placeOf(i, ring, zeros) + (<usize>padLeft << 2);
    hide(centreRow, normal, active, w0, centre, deviation, gamma, beta);
    if (channels == 3) correlateThree(table, gradient, active, w1, tapSums, change);
    else correlate(table, gradient, active, w1, tapSums, change);
    hiddenChange(normal, active, change, hiddenSums);
    for (let channel = 0; channel < channels; channel++)
      addPixels(centreRow + plane * channel, normal, change, pixelSums + 16 * <usize>channel);
    copyPixels(change, da + (<usize>(row * width) << 2));
  }

  const to = sums + (<usize>((start / grain) * sumCount) << 2);
  for (let n: usize = 0; n < <usize>sumCount; n++) store<f32>(to + (n << 2), sumOf(v128.load(tapSums + (n << 4))));
}

/** A row of Σ over taps of w1·s, of eight pixels at a time, and what s adds to the vectors of db1 and, behind, dw1. */
function correlateThree(table: usize, gradient: usize, active: usize, w1: usize, sums: usize, change: usize): void {
  const end = <usize>width << 2;
  const tableEnd = table + (<usize>kernelSize << 2);
  const windowBytes = <usize>kernelSize << 2;
  const weightedSums = sums + (<usize>(kernelSize * kernelSize) << 4);
  const green = plane;
  const blue = 2 * plane;
  for (let at: usize = 0; at < end; at += 32) {
    const a0 = v128.load(active + at);
    const a1 = v128.load(active + at, 16);
    const red0 = v128.load(gradient + at);
    const red1 = v128.load(gradient + at, 16);
    const green0 = v128.load(gradient + green + at);
    const green1 = v128.load(gradient + green + at, 16);
    const blue0 = v128.load(gradient + blue + at);
    const blue1 = v128.load(gradient + blue + at, 16);
    let change0 = f32x4.splat(0);
    let change1 = change0;
    let k: usize = 0;
    for (let entry = table; entry < tableEnd; entry += 4) {
      let from = load<usize>(entry) + at;
      const last = from + windowBytes;
      for (; from < last; from += 4) {
        const s0 = madd(
          madd(f32x4.mul(red0, v128.load(from)), green0, v128.load(from + green)),
          blue0,
          v128.load(from + blue),
        );
        const s1 = madd(
          madd(f32x4.mul(red1, v128.load(from, 16)), green1, v128.load(from + green, 16)),
          blue1,
          v128.load(from + blue, 16),
        );
        const w = v128.load32_splat(w1 + k);
        change0 = madd(change0, w, s0);
        change1 = madd(change1, w, s1);
        v128.store(sums + 4 * k, f32x4.add(v128.load(sums + 4 * k), f32x4.add(s0, s1)));
        const weighted = f32x4.add(f32x4.mul(a0, s0), f32x4.mul(a1, s1));
        v128.store(weightedSums + 4 * k, f32x4.add(v128.load(weightedSums + 4 * k), weighted));
        k += 4;
      }
    }
    v128.store(change + at, change0);
    v128.store(change + at, change1, 16);
  }
}

/** The same for any number of channels. */
function correlate(table: usize, gradient: usize, active: usize, w1: usize, sums: usize, change: usize): void {
  const end = <usize>width << 2;
  const weightedSums = sums + (<usize>(kernelSize * kernelSize) << 4);
  for (let at: usize = 0; at < end; at += 16) {
    const a = v128.load(active + at);
    let total = f32x4.splat(0);
    let k: usize = 0;
    for (let u = 0; u < kernelSize; u++) {
      let from = load<usize>(table + (<usize>u << 2)) + at;
      for (let v = 0; v < kernelSize; v++) {
        let s = f32x4.splat(0);
        for (let channel = 0; channel < channels; channel++) {
          const offset = plane * channel;
          s = madd(s, v128.load(gradient + offset + at), v128.load(from + offset));
        }
        total = madd(total, v128.load32_splat(w1 + k), s);
        v128.store(sums + 4 * k, f32x4.add(v128.load(sums + 4 * k), s));
        v128.store(weightedSums + 4 * k, madd(v128.load(weightedSums + 4 * k), a, s));
        k += 4;
        from += 4;
      }
    }
    v128.store(change + at, total);
  }
}

/** da is 0 where a is; adds a row of it to the vectors of dβ and dγ. */
@inline
function hiddenChange(normal: usize, active: usize, change: usize, sums: usize): void {
  const end = <usize>width << 2;
  let betaSum = v128.load(sums);
  let gammaSum = v128.load(sums, 16);
  for (let at: usize = 0; at < end; at += 16) {
    const isActive = f32x4.gt(v128.load(active + at), f32x4.splat(0));
    const value = v128.and(v128.load(change + at), isActive);
    v128.store(change + at, value);
    betaSum = f32x4.add(betaSum, value);
    gammaSum = madd(gammaSum, value, v128.load(normal + at));
  }
  v128.store(sums, betaSum);
  v128.store(sums, gammaSum, 16);
}

/** Adds a row of one channel to the vectors of Σ da·x, Σ x and Σ n·x, which lie C vectors apart. */
@inline
function addPixels(x: usize, normal: usize, change: usize, sums: usize): void {
  const end = <usize>width << 2;
  const apart = <usize>channels << 4;
  let changeSum = v128.load(sums);
  let plainSum = v128.load(sums + apart);
  let normalSum = v128.load(sums + 2 * apart);
  for (let at: usize = 0; at < end; at += 16) {
    const value = v128.load(x + at);
    changeSum = madd(changeSum, value, v128.load(change + at));
    plainSum = f32x4.add(plainSum, value);
    normalSum = madd(normalSum, value, v128.load(normal + at));
  }
  v128.store(sums, changeSum);
  v128.store(sums + apart, plainSum);
  v128.store(sums + 2 * apart, normalSum);
}

@inline
function copyPixels(from: usize, to: usize): void {
  const end = <usize>width << 2;
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) v128.store(to + at, v128.load(from + at));
  for (; at < end; at += 4) store<f32>(to + at, load<f32>(from + at));
}
