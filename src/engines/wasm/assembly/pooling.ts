// Max pooling over NHWC images, windows clipped to the image, and its gradient: dy goes to the first of the largest
// values of its window, row by row, as TensorFlow has it. Average pooling likewise: padding does not count, and dy is
// shared out among the pixels of its window that are there. Four channels at a time; an item is an image, because the
// windows of neighbouring rows may overlap. Rows of 2 × 2 windows side by side, the usual case, have loops of their own.

import { loadLanes, storeLanes } from './lanes';

/** 32-bit words in this order; TypeScript writes them. */
@unmanaged
class Pool {
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  filterHeight: i32;
  filterWidth: i32;
  strideY: i32;
  strideX: i32;
  padTop: i32;
  padLeft: i32;
}

@inline
function pixelBytes(p: Pool): usize {
  return <usize>p.channels << 2;
}

@inline
function imageBytes(p: Pool): usize {
  return pixelBytes(p) * (p.height * p.width);
}

@inline
function outputBytes(p: Pool): usize {
  return pixelBytes(p) * (p.outHeight * p.outWidth);
}

/** The window that a loop is at, and what it covers of its image. */
let image: i32 = 0;
let row: i32 = 0;
let column: i32 = 0;
let rows: i32 = 0;
let columns: i32 = 0;
/** Where in the images it begins, in bytes. */
let corner: usize = 0;

function goToImage(p: Pool, first: i32): void {
  image = first;
  row = 0;
  column = 0;
  clip(p);
}

function goToNextWindow(p: Pool): void {
  if (++column == p.outWidth) {
    column = 0;
    if (++row == p.outHeight) {
      row = 0;
      image++;
    }
  }
  clip(p);
}

@inline
function clip(p: Pool): void {
  const y = row * p.strideY - p.padTop;
  const x = column * p.strideX - p.padLeft;
  const top = max(0, y);
  const left = max(0, x);
  rows = min(p.height, y + p.filterHeight) - top;
  columns = min(p.width, x + p.filterWidth) - left;
  corner = imageBytes(p) * image + pixelBytes(p) * (top * p.width + left);
}

export function maxPool(start: i32, end: i32, pool: usize, x: usize, y: usize): void {
  const p = changetype<Pool>(pool);
  const pixel = pixelBytes(p);
  let to = y + outputBytes(p) * start;
  if (isPlain(p)) {
    poolPairs(p, x + imageBytes(p) * start, to, (end - start) * p.outHeight);
    return;
  }
  for (goToImage(p, start); image < end; goToNextWindow(p)) {
    for (let c = 0; c < p.channels; c += 4) {
      const at = <usize>c << 2;
      storeLanes(to + at, largestOf(p, x + corner + at), min(4, p.channels - c));
    }
    to += pixel;
  }
}

/** Where `isRectified`, x is what a ReLU gave, and dx is the gradient of what it was given. */
export function maxPoolGrad(
  start: i32,
  end: i32,
  pool: usize,
  dy: usize,
  x: usize,
  dx: usize,
  isRectified: bool,
): void {
  const p = changetype<Pool>(pool);
  const pixel = pixelBytes(p);
  const rowBytes = pixel * p.width;
  const images = imageBytes(p) * start;
  let from = dy + outputBytes(p) * start;
  if (isPlain(p)) {
    sharePairs(p, from, x + images, dx + images, (end - start) * p.outHeight, isRectified);
    return;
  }
  memory.fill(dx + images, 0, imageBytes(p) * (end - start));
  for (goToImage(p, start); image < end; goToNextWindow(p)) {
    for (let c = 0; c < p.channels; c += 4) {
      const lanes = min(4, p.channels - c);
      const at = <usize>c << 2;
      const largest = largestOf(p, x + corner + at);
      // What is left of dy once a position has taken its lanes.
      let rest = letThrough(v128.load(from + at), largest, isRectified);
      for (let u = 0; u < rows; u++) {
        let position = corner + at + rowBytes * u;
        for (let v = 0; v < columns; v++) {
          const hit = f32x4.eq(v128.load(x + position), largest);
          const sum = f32x4.add(loadLanes(dx + position, lanes), v128.and(rest, hit));
          storeLanes(dx + position, sum, lanes);
          rest = v128.andnot(rest, hit);
          position += pixel;
        }
      }
    }
    from += pixel;
  }
}

export function averagePool(start: i32, end: i32, pool: usize, x: usize, y: usize): void {
  const p = changetype<Pool>(pool);
  const pixel = pixelBytes(p);
  let to = y + outputBytes(p) * start;
  memory.fill(to, 0, outputBytes(p) * (end - start));
  for (goToImage(p, start); image < end; goToNextWindow(p)) {
    const share = f32x4.splat(1 / <f32>(rows * columns));
    for (let u = 0; u < rows; u++)
      for (let v = 0; v < columns; v++)
        addShare(x + corner + pixel * (u * p.width + v), share, to, p.channels);
    to += pixel;
  }
}

export function averagePoolGrad(start: i32, end: i32, pool: usize, dy: usize, dx: usize): void {
  const p = changetype<Pool>(pool);
  const pixel = pixelBytes(p);
  let from = dy + outputBytes(p) * start;
  memory.fill(dx + imageBytes(p) * start, 0, imageBytes(p) * (end - start));
  for (goToImage(p, start); image < end; goToNextWindow(p)) {
    const share = f32x4.splat(1 / <f32>(rows * columns));
    for (let u = 0; u < rows; u++)
      for (let v = 0; v < columns; v++)
        addShare(from, share, dx + corner + pixel * (u * p.width + v), p.channels);
    from += pixel;
  }
}

/** Adds a share of one pixel to another. */
@inline
function addShare(from: usize, share: v128, to: usize, channels: i32): void {
  for (let c = 0; c < channels; c += 4) {
    const lanes = min(4, channels - c);
    const at = <usize>c << 2;
    const part = f32x4.mul(loadLanes(from + at, lanes), share);
    storeLanes(to + at, f32x4.add(loadLanes(to + at, lanes), part), lanes);
  }
}

@inline
function largestOf(p: Pool, from: usize): v128 {
  const pixel = pixelBytes(p);
  let largest = f32x4.splat(-Infinity);
  for (let u = 0; u < rows; u++) {
    let position = from + pixel * (u * p.width);
    for (let v = 0; v < columns; v++) {
      largest = f32x4.max(largest, v128.load(position));
      position += pixel;
    }
  }
  return largest;
}

/** Whether windows of 2 × 2 cover the image, each position once. */
function isPlain(p: Pool): bool {
  const isSquare = p.filterHeight == 2 && p.filterWidth == 2 && p.strideY == 2 && p.strideX == 2;
  return isSquare && p.height == 2 * p.outHeight && p.width == 2 * p.outWidth;
}

/** `count` rows of windows of 2 × 2. Four channels of a whole row at a time: so the most of it is fetched at once. */
function poolPairs(p: Pool, x: usize, y: usize, count: i32): void {
  const pixel = pixelBytes(p);
  const rowBytes = pixel * p.width;
  const outRowBytes = pixel * p.outWidth;
  for (let row = 0; row < count; row++, x += 2 * rowBytes, y += outRowBytes) {
    for (let c = 0; c < p.channels; c += 4) {
      const lanes = min(4, p.channels - c);
      let from = x + (<usize>c << 2);
      let to = y + (<usize>c << 2);
      for (const end = to + outRowBytes; to < end; to += pixel, from += 2 * pixel)
        storeLanes(to, largestOfFour(from, rowBytes, pixel), lanes);
    }
  }
}

/** The gradient of such rows. */
function sharePairs(p: Pool, dy: usize, x: usize, dx: usize, count: i32, isRectified: bool): void {
  const pixel = pixelBytes(p);
  const rowBytes = pixel * p.width;
  const outRowBytes = pixel * p.outWidth;
  for (let row = 0; row < count; row++, x += 2 * rowBytes, dx += 2 * rowBytes, dy += outRowBytes) {
    for (let c = 0; c < p.channels; c += 4) {
      const lanes = min(4, p.channels - c);
      let gradient = dy + (<usize>c << 2);
      const end = gradient + outRowBytes;
      for (let at = <usize>c << 2; gradient < end; gradient += pixel, at += 2 * pixel) {
        const from = x + at;
        const to = dx + at;
        const largest = largestOfFour(from, rowBytes, pixel);
        const hit0 = f32x4.eq(v128.load(from), largest);
        const hit1 = f32x4.eq(v128.load(from + pixel), largest);
        const hit2 = f32x4.eq(v128.load(from + rowBytes), largest);
        const share = letThrough(v128.load(gradient), largest, isRectified);
        let rest = v128.andnot(share, hit0);
        storeLanes(to, v128.and(share, hit0), lanes);
        storeLanes(to + pixel, v128.and(rest, hit1), lanes);
        rest = v128.andnot(rest, hit1);
        storeLanes(to + rowBytes, v128.and(rest, hit2), lanes);
        storeLanes(to + rowBytes + pixel, v128.andnot(rest, hit2), lanes);
      }
    }
  }
}

/** The gradient that gets through a ReLU where it gave `value`. */
@inline
function letThrough(gradient: v128, value: v128, isRectified: bool): v128 {
  return isRectified ? v128.and(gradient, f32x4.gt(value, f32x4.splat(0))) : gradient;
}

/** The largest of 2 × 2 positions. */
@inline
function largestOfFour(corner: usize, rowBytes: usize, pixel: usize): v128 {
  const below = corner + rowBytes;
  return f32x4.max(
    f32x4.max(v128.load(corner), v128.load(corner + pixel)),
    f32x4.max(v128.load(below), v128.load(below + pixel)),
  );
}
