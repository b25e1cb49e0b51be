// Winograd's transforms of what belongs to tiles of 2×2 pixels of the output: the patches of the image that they see, the
// products that they are made of, and their gradients. See winograd.ts.
import { LANES, PANEL_ROW } from './panels';
import { Convolution, column, goToNextTile, goToTile, image, outputPixel, row, Task } from './winogradTask';

/** Bᵀ d B of the patches of `count` tiles, channels [c0, c1): to[tile][place][channel]. `patch` has room for one. */
export function transformPatches(
  t: Task,
  first: i32,
  count: i32,
  c0: i32,
  c1: i32,
  to: usize,
  step: usize,
  patch: usize,
): void {
  const bytes = <usize>(c1 - c0) << 2;
  goToTile(t, first);
  for (const end = to + <usize>count * step; to < end; to += step) {
    const x = column * 2 - t.left;
    const y = row * 2 - t.top;
    let from = t.image + ((((image * t.height + y) * t.width + x) * t.channels + c0) << 2);
    let pixelBytes = <usize>t.channels << 2;
    let rowBytes = pixelBytes * <usize>t.width;
    if (x < 0 || y < 0 || x + 4 > t.width || y + 4 > t.height) {
      copyPatch(t, patch, from, y, x, bytes);
      from = patch;
      pixelBytes = bytes;
      rowBytes = 4 * bytes;
    }
    for (let at: usize = 0; at < bytes; at += 16)
      transformPatch(from + at, pixelBytes, rowBytes, to + at, bytes);
    goToNextTile();
  }
}

/** A patch whose pixels are not all in the image, with zeros for those outside. */
function copyPatch(t: Task, to: usize, from: usize, y: i32, x: i32, bytes: usize): void {
  const pixel = <usize>t.channels << 2;
  for (let i = 0; i < 4; i++, from += pixel * <usize>(t.width - 4)) {
    for (let j = 0; j < 4; j++, from += pixel) {
      const isInside = y + i >= 0 && y + i < t.height && x + j >= 0 && x + j < t.width;
      for (let at: usize = 0; at < bytes; at += 16, to += 16)
        v128.store(to, isInside ? v128.load(from + at) : i32x4.splat(0));
    }
  }
}

/** Four channels of one patch. One column of the result at a time: all 16 values would not fit the registers. */
@inline
function transformPatch(from: usize, pixel: usize, row: usize, to: usize, placeBytes: usize): void {
  // Columns 0 − 2, 1 + 2, 2 − 1, 1 − 3.
  transformColumn(from, from + 2 * pixel, false, row, to, placeBytes);
  transformColumn(from + pixel, from + 2 * pixel, true, row, to + placeBytes, placeBytes);
  transformColumn(from + 2 * pixel, from + pixel, false, row, to + 2 * placeBytes, placeBytes);
  transformColumn(from + pixel, from + 3 * pixel, false, row, to + 3 * placeBytes, placeBytes);
}

@inline
function transformColumn(a: usize, b: usize, isSum: bool, row: usize, to: usize, placeBytes: usize): void {
  const d0 = combine(a, b, isSum);
  const d1 = combine(a + row, b + row, isSum);
  const d2 = combine(a + 2 * row, b + 2 * row, isSum);
  const d3 = combine(a + 3 * row, b + 3 * row, isSum);
  v128.store(to, f32x4.sub(d0, d2));
  v128.store(to + 4 * placeBytes, f32x4.add(d1, d2));
  v128.store(to + 8 * placeBytes, f32x4.sub(d2, d1));
  v128.store(to + 12 * placeBytes, f32x4.sub(d1, d3));
}

@inline
function combine(a: usize, b: usize, isSum: bool): v128 {
  return isSum ? f32x4.add(v128.load(a), v128.load(b)) : f32x4.sub(v128.load(a), v128.load(b));
}

/** clamp(bias + Aᵀ m A) of the products [place][tile][8], those of the panel that begins with `channel`. */
export function transformProducts(
  t: Convolution,
  first: i32,
  count: i32,
  products: usize,
  placeBytes: usize,
  bias: usize,
  channel: i32,
): void {
  const halves = channel + 4 < t.outChannels ? 2 : 1;
  const lower = f32x4.splat(t.lower);
  const upper = f32x4.splat(t.upper);
  goToTile(t, first);
  for (const end = products + <usize>count * PANEL_ROW; products < end; products += PANEL_ROW) {
    const isWide = 2 * column + 1 < t.outWidth;
    const isHigh = 2 * row + 1 < t.outHeight;
    let to = outputPixel(t) + (<usize>channel << 2);
    for (let half = 0; half < halves; half++, to += 16) {
      const from = products + (<usize>half << 4);
      const start = v128.load(bias + (<usize>half << 4));
      // Aᵀ m first, a column at a time.
      const a00 = topOf(from, placeBytes);
      const a10 = bottomOf(from, placeBytes);
      const a01 = topOf(from + placeBytes, placeBytes);
      const a11 = bottomOf(from + placeBytes, placeBytes);
      const a02 = topOf(from + 2 * placeBytes, placeBytes);
      const a12 = bottomOf(from + 2 * placeBytes, placeBytes);
      const a03 = topOf(from + 3 * placeBytes, placeBytes);
      const a13 = bottomOf(from + 3 * placeBytes, placeBytes);
      const top0 = sumOfThree(f32x4.add(start, a00), a01, a02);
      const top1 = lessTwo(f32x4.add(start, a01), a02, a03);
      const bottom0 = sumOfThree(f32x4.add(start, a10), a11, a12);
      const bottom1 = lessTwo(f32x4.add(start, a11), a12, a13);
      v128.store(to, f32x4.min(f32x4.max(top0, lower), upper));
      if (isWide) v128.store(to + t.pixelStep, f32x4.min(f32x4.max(top1, lower), upper));
      if (isHigh) {
        v128.store(to + t.rowStep, f32x4.min(f32x4.max(bottom0, lower), upper));
        if (isWide)
          v128.store(to + t.rowStep + t.pixelStep, f32x4.min(f32x4.max(bottom1, lower), upper));
      }
    }
    goToNextTile();
  }
}

/** The first row of Aᵀ times a column of the products: 0 + 1 + 2. */
@inline
function topOf(m: usize, placeBytes: usize): v128 {
  return sumOfThree(v128.load(m), v128.load(m + 4 * placeBytes), v128.load(m + 8 * placeBytes));
}

/** The second row: 1 − 2 − 3. */
@inline
function bottomOf(m: usize, placeBytes: usize): v128 {
  return lessTwo(
    v128.load(m + 4 * placeBytes),
    v128.load(m + 8 * placeBytes),
    v128.load(m + 12 * placeBytes),
  );
}

@inline
function sumOfThree(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.add(a, b), c);
}

@inline
function lessTwo(a: v128, b: v128, c: v128): v128 {
  return f32x4.sub(f32x4.sub(a, b), c);
}

/** 2 G g (2 G)ᵀ of 2×2 output gradients, but rows and columns 0 and 3 once, eight channels: to[place][tile][8]. */
export function transformGradients(
  t: Task,
  first: i32,
  count: i32,
  channel: i32,
  to: usize,
  placeBytes: usize,
): void {
  goToTile(t, first);
  for (const end = to + <usize>count * PANEL_ROW; to < end; to += PANEL_ROW) {
    const from = outputPixel(t);
    const isWide = 2 * column + 1 < t.outWidth;
    const isHigh = 2 * row + 1 < t.outHeight;
    for (let half = 0; half < LANES; half += 4) {
      const at = from + (<usize>(channel + half) << 2);
      const isThere = channel + half < t.outChannels;
      const g00 = loadIf(isThere, at);
      const g01 = loadIf(isThere && isWide, at + t.pixelStep);
      const g10 = loadIf(isThere && isHigh, at + t.rowStep);
      const g11 = loadIf(isThere && isWide && isHigh, at + t.rowStep + t.pixelStep);
      const place = to + (<usize>half << 2);
      transformGradientRow(g00, g01, place, placeBytes);
      const sum0 = f32x4.add(g00, g10);
      const sum1 = f32x4.add(g01, g11);
      transformGradientRow(sum0, sum1, place + 4 * placeBytes, placeBytes);
      const difference0 = f32x4.sub(g00, g10);
      const difference1 = f32x4.sub(g01, g11);
      transformGradientRow(difference0, difference1, place + 8 * placeBytes, placeBytes);
      transformGradientRow(g10, g11, place + 12 * placeBytes, placeBytes);
    }
    goToNextTile();
  }
}

@inline
function loadIf(isThere: bool, from: usize): v128 {
  return isThere ? v128.load(from) : i32x4.splat(0);
}

@inline
function transformGradientRow(g0: v128, g1: v128, to: usize, placeBytes: usize): void {
  v128.store(to, g0);
  v128.store(to + placeBytes, f32x4.add(g0, g1));
  v128.store(to + 2 * placeBytes, f32x4.sub(g0, g1));
  v128.store(to + 3 * placeBytes, g1);
}

