// dkernel (see involutionKernelGrad.ts) where neighbouring channels share their weights, out of planes: with the K rows of x
// that a row of windows sees as one plane per channel, the taps of a window's row are neighbours, and one vector of
// them, or two, is summed over the channels of a group without a sum across lanes. Zeros around the rows are what lies
// outside the image. Four rows of a window are summed together, and where two vectors are one register of two pixels.
// An item is a row of dy.

import { madd } from './lanes';
import { bring, plane, setGeometry, slot, tableBytes } from './planarRows';
import { scratch } from './scratch';
import { wide } from './tile';

/** Bytes of the sums of one pixel: [4][8]. */
const PIXEL_SUMS: usize = 128;

/** Of the current call: bytes from a tap of dkernel to the next, and taps of a window's row. */
let tapBytes: usize;
let side: i32;

export function planarKernelGrad(
  start: i32,
  end: i32,
  dy: usize,
  x: usize,
  dkernel: usize,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  kernelSize: i32,
  strides: i32,
  padTop: i32,
  padLeft: i32,
  groups: i32,
  isContiguous: i32,
): void {
  setGeometry(height, width, channels, kernelSize, 0);
  tapBytes = <usize>groups << 2;
  side = kernelSize;
  const span = channels / groups;
  const pixel = <usize>channels << 2;
  const stencil = tapBytes * (kernelSize * kernelSize);
  const step = <usize>strides << 2;
  const sums = scratch;
  const table = sums + 2 * PIXEL_SUMS;
  const ring = table + tableBytes();
  const zeros = ring + slot * kernelSize;
  memory.fill(ring, 0, slot * (kernelSize + 1));
  for (let row = start; row < end; row++) {
    const i = row % outHeight;
    const image = x + pixel * width * height * (row / outHeight);
    const fresh = row == start || i == 0 ? kernelSize : min(strides, kernelSize);
    bring(image, 0, i * strides - padTop, fresh, padLeft, table, ring, zeros);
    for (let j = 0; j < outWidth; ) {
      const pixels = wide && j + 1 < outWidth ? 2 : 1;
      let gradient = dy + pixel * (row * outWidth + j);
      const to = dkernel + stencil * (row * outWidth + j);
      for (let group = 0; group < groups; group++, gradient += <usize>span << 2) {
        const column = plane * (group * span) + step * j;
        for (let u = 0; u < kernelSize; u += 4) {
          const last = kernelSize - 1;
          const row0 = load<usize>(table + (<usize>u << 2)) + column;
          const row1 = load<usize>(table + (<usize>min(u + 1, last) << 2)) + column;
          const row2 = load<usize>(table + (<usize>min(u + 2, last) << 2)) + column;
          const row3 = load<usize>(table + (<usize>min(u + 3, last) << 2)) + column;
          const taps = to + tapBytes * (u * kernelSize) + (<usize>group << 2);
          if (pixels == 2) sumTwoPixels(span, gradient, pixel, row0, row1, row2, row3, step, sums);
          else sumPixel(span, gradient, row0, row1, row2, row3, sums);
          const rows = min(4, kernelSize - u);
          storeTaps(sums, rows, taps);
          if (pixels == 2) storeTaps(sums + PIXEL_SUMS, rows, taps + stencil);
        }
      }
      j += pixels;
    }
  }
}

/** Eight taps of four rows of the window of one pixel, for one group. */
function sumPixel(
  span: i32,
  gradient: usize,
  row0: usize,
  row1: usize,
  row2: usize,
  row3: usize,
  sums: usize,
): void {
  sumTaps(false, span, gradient, 0, row0, row1, row2, row3, 0, sums);
}

/** The same of two neighbouring pixels. */
function sumTwoPixels(
  span: i32,
  gradient: usize,
  pixel: usize,
  row0: usize,
  row1: usize,
  row2: usize,
  row3: usize,
  step: usize,
  sums: usize,
): void {
  sumTaps(true, span, gradient, pixel, row0, row1, row2, row3, step, sums);
}

@inline
function sumTaps(
  areTwo: bool,
  span: i32,
  gradient: usize,
  pixel: usize,
  row0: usize,
  row1: usize,
  row2: usize,
  row3: usize,
  step: usize,
  sums: usize,
): void {
  let sum00 = f32x4.splat(0);
  let sum01 = f32x4.splat(0);
  let sum10 = f32x4.splat(0);
  let sum11 = f32x4.splat(0);
  let sum20 = f32x4.splat(0);
  let sum21 = f32x4.splat(0);
  let sum30 = f32x4.splat(0);
  let sum31 = f32x4.splat(0);
  let next00 = f32x4.splat(0);
  let next01 = f32x4.splat(0);
  let next10 = f32x4.splat(0);
  let next11 = f32x4.splat(0);
  let next20 = f32x4.splat(0);
  let next21 = f32x4.splat(0);
  let next30 = f32x4.splat(0);
  let next31 = f32x4.splat(0);
  const end = gradient + (<usize>span << 2);
  for (; gradient < end; gradient += 4) {
    let factor = v128.load32_splat(gradient);
    sum00 = madd(sum00, factor, v128.load(row0));
    sum01 = madd(sum01, factor, v128.load(row0, 16));
    sum10 = madd(sum10, factor, v128.load(row1));
    sum11 = madd(sum11, factor, v128.load(row1, 16));
    sum20 = madd(sum20, factor, v128.load(row2));
    sum21 = madd(sum21, factor, v128.load(row2, 16));
    sum30 = madd(sum30, factor, v128.load(row3));
    sum31 = madd(sum31, factor, v128.load(row3, 16));
    if (areTwo) {
      factor = v128.load32_splat(gradient + pixel);
      next00 = madd(next00, factor, v128.load(row0 + step));
      next01 = madd(next01, factor, v128.load(row0 + step, 16));
      next10 = madd(next10, factor, v128.load(row1 + step));
      next11 = madd(next11, factor, v128.load(row1 + step, 16));
      next20 = madd(next20, factor, v128.load(row2 + step));
      next21 = madd(next21, factor, v128.load(row2 + step, 16));
      next30 = madd(next30, factor, v128.load(row3 + step));
      next31 = madd(next31, factor, v128.load(row3 + step, 16));
    }
    row0 += plane;
    row1 += plane;
    row2 += plane;
    row3 += plane;
  }
  v128.store(sums, sum00);
  v128.store(sums, sum01, 16);
  v128.store(sums, sum10, 32);
  v128.store(sums, sum11, 48);
  v128.store(sums, sum20, 64);
  v128.store(sums, sum21, 80);
  v128.store(sums, sum30, 96);
  v128.store(sums, sum31, 112);
  if (areTwo) {
    v128.store(sums, next00, 128);
    v128.store(sums, next01, 144);
    v128.store(sums, next10, 160);
    v128.store(sums, next11, 176);
    v128.store(sums, next20, 192);
    v128.store(sums, next21, 208);
    v128.store(sums, next30, 224);
    v128.store(sums, next31, 240);
  }
}

/** Stores `rows` rows of taps, [row][8]. */
@inline
function storeTaps(sums: usize, rows: i32, to: usize): void {
  for (let r = 0; r < rows; r++, sums += 32) {
    const end = sums + (<usize>side << 2);
    for (let from = sums; from < end; from += 4, to += tapBytes) store<f32>(to, load<f32>(from));
  }
}
