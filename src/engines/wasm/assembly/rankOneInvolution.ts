// An involution whose generator has one hidden value a and one group: the kernel of a pixel is b1 + a·w1, so
//
//   y = Σ over taps of (b1 + a·w1) · (x seen through the tap),   a = max(γn + β, 0),   n = (x·w0 + centre) · deviation
//
// and neither the kernels of all pixels, K·K / C times the size of x, nor their gradients need ever exist. A weight of
// a kernel is made for eight pixels at a time, used for their channels, and forgotten. (NHWC, strides 1.) With
// s = Σ over channels of dy · (x seen through a tap):
//
//   db1 = Σ s      dw1 = Σ a·s      da = Σ over taps of w1·s where a > 0, else 0      dβ = Σ da      dγ = Σ da·n
//   dz = (da − (dβ + n·dγ) · share) · γ · deviation      dw0 = Σ dz·x
//   dx = dz·w0 + Σ over taps of (b1 + a·w1) · dy, both at the pixel that sees this one through the tap
//
// An item is a row. Sums are kept per chunk, and are added in the chunks' order afterwards.

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
  weave,
  width,
} from './planarRows';
import { scratch } from './scratch';

/** The hidden value of a row of pixels, four at a time: its normalised n, and a. `x` and what is written are planes. */
@inline
function hide(
  x: usize,
  normal: usize,
  active: usize,
  w0: usize,
  centre: f32,
  deviation: f32,
  gamma: f32,
  beta: f32,
): void {
  const end = <usize>width << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const n = f32x4.mul(f32x4.add(project(x + at, w0), f32x4.splat(centre)), f32x4.splat(deviation));
    v128.store(normal + at, n);
    const a = f32x4.add(f32x4.mul(n, f32x4.splat(gamma)), f32x4.splat(beta));
    v128.store(active + at, f32x4.max(a, f32x4.splat(0)));
  }
}

/** x·w0 of four pixels. */
@inline
function project(x: usize, w0: usize): v128 {
  let sum = f32x4.splat(0);
  for (let c = 0; c < channels; c++) {
    sum = madd(sum, v128.load(x), v128.load32_splat(w0 + (<usize>c << 2)));
    x += plane;
  }
  return sum;
}

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
    unweave(x + rowBytes * row, planes);
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
    bring(x + rowBytes * (row - i), i - padTop, row == start || i == 0, padLeft, table, ring, zeros);
    const centreRow = placeOf(i, ring, zeros) + (<usize>padLeft << 2);
    hide(centreRow, normal, active, w0, centre, deviation, gamma, beta);
    if (channels == 3 && kernelSize == 3) blendThree3(table, active, w1, b1, result);
    else if (channels == 3) blendThree(table, active, w1, b1, result);
    else for (let channel = 0; channel < channels; channel++) blendOne(table, active, w1, b1, result, channel);
    weave(result, y + rowBytes * row);
  }
}

/** A row of y, all three channels, eight pixels at a time. */
function blendThree3(table: usize, active: usize, w1: usize, b1: usize, y: usize): void {
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
      const from = load<usize>(entry) + at;
      const fromGreen = from + green;
      const fromBlue = from + blue;
        let b = v128.load32_splat(b1 + k, 0);
        let w = v128.load32_splat(w1 + k, 0);
        let weight0 = madd(b, w, a0);
        let weight1 = madd(b, w, a1);
        red0 = madd(red0, weight0, v128.load(from, 0));
        red1 = madd(red1, weight1, v128.load(from, 16));
        green0 = madd(green0, weight0, v128.load(fromGreen, 0));
        green1 = madd(green1, weight1, v128.load(fromGreen, 16));
        blue0 = madd(blue0, weight0, v128.load(fromBlue, 0));
        blue1 = madd(blue1, weight1, v128.load(fromBlue, 16));
        b = v128.load32_splat(b1 + k, 4);
        w = v128.load32_splat(w1 + k, 4);
        weight0 = madd(b, w, a0);
        weight1 = madd(b, w, a1);
        red0 = madd(red0, weight0, v128.load(from, 4));
        red1 = madd(red1, weight1, v128.load(from, 20));
        green0 = madd(green0, weight0, v128.load(fromGreen, 4));
        green1 = madd(green1, weight1, v128.load(fromGreen, 20));
        blue0 = madd(blue0, weight0, v128.load(fromBlue, 4));
        blue1 = madd(blue1, weight1, v128.load(fromBlue, 20));
        b = v128.load32_splat(b1 + k, 8);
        w = v128.load32_splat(w1 + k, 8);
        weight0 = madd(b, w, a0);
        weight1 = madd(b, w, a1);
        red0 = madd(red0, weight0, v128.load(from, 8));
        red1 = madd(red1, weight1, v128.load(from, 24));
        green0 = madd(green0, weight0, v128.load(fromGreen, 8));
        green1 = madd(green1, weight1, v128.load(fromGreen, 24));
        blue0 = madd(blue0, weight0, v128.load(fromBlue, 8));
        blue1 = madd(blue1, weight1, v128.load(fromBlue, 24));
      k += 12;
    }
    v128.store(y + at, red0);
    v128.store(y + at, red1, 16);
    v128.store(y + green + at, green0);
    v128.store(y + green + at, green1, 16);
    v128.store(y + blue + at, blue0);
    v128.store(y + blue + at, blue1, 16);
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

/** da of all pixels, and for each chunk the sums db1, dw1 [K·K each], dβ, dγ, Σ da·x, Σ x, Σ n·x [C each]. */
export function rankOneInvolutionGrad(
  start: i32,
  end: i32,
  dy: usize,
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
    bring(x + rowBytes * (row - i), i - padTop, row == start || i == 0, padLeft, table, ring, zeros);
    unweave(dy + rowBytes * row, gradient);
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

/** dx, where dz = da · scale − shift − n · slope. */
export function rankOneInvolutionInputGrad(
  start: i32,
  end: i32,
  dy: usize,
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
    bring(dy + rowBytes * (row - i), first, isNew, before, table, ring, zeros);
    for (let u = isNew ? 0 : kernelSize - 1; u < kernelSize; u++) {
      const place = load<usize>(table + (<usize>u << 2));
      if (place == zeros) continue;
      unweave(x + rowBytes * (row - i + first + u), image);
      hide(image, place + normalPlane, place + activePlane, w0, centre, deviation, gamma, beta);
    }
    const normal = placeOf(i, ring, zeros) + normalPlane;
    throughGenerator(da + (<usize>(row * width) << 2), normal, w0, scale, shift, slope, result);
    if (channels == 3) gatherThree(table, w1, b1, result);
    else for (let channel = 0; channel < channels; channel++) gatherOne(table, w1, b1, result, channel);
    weave(result, dx + rowBytes * row);
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
