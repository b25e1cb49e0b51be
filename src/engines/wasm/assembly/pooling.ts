// Max pooling over NHWC images, windows clipped to the image, and its gradient: dy goes to the first of the largest
// values of its window, row by row, as TensorFlow has it. Average pooling likewise: padding does not count, and dy is
// shared out among the pixels of its window that are there. Four channels at a time; an item is an image, because the
// windows of neighbouring rows may overlap. Rows of 2 × 2 windows side by side, the usual case, have loops of their own.

import { loadLanes, storeLanes } from './lanes';

export function maxPool(
  start: i32,
  end: i32,
  x: usize,
  y: usize,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideY: i32,
  strideX: i32,
  padTop: i32,
  padLeft: i32,
): void {
  const pixel = <usize>channels << 2;
  const rowBytes = pixel * width;
  const isPlain = isPlainPooling(
    height,
    width,
    outHeight,
    outWidth,
    filterHeight,
    filterWidth,
    strideY,
    strideX,
  );
  let to = y + pixel * (start * outHeight * outWidth);
  for (let image = start; image < end; image++) {
    const from = x + rowBytes * (image * height);
    if (isPlain) {
      for (let i = 0; i < outHeight; i++) {
        poolRow(from + 2 * rowBytes * i, to, outWidth, channels, rowBytes);
        to += pixel * outWidth;
      }
      continue;
    }
    for (let i = 0; i < outHeight; i++) {
      const top = max(0, i * strideY - padTop);
      const bottom = min(height, i * strideY - padTop + filterHeight);
      for (let j = 0; j < outWidth; j++) {
        const left = max(0, j * strideX - padLeft);
        const right = min(width, j * strideX - padLeft + filterWidth);
        const corner = from + rowBytes * top + pixel * left;
        for (let c = 0; c < channels; c += 4) {
          const at = <usize>c << 2;
          const largest = largestOf(corner + at, bottom - top, right - left, rowBytes, pixel);
          storeLanes(to + at, largest, min(4, channels - c));
        }
        to += pixel;
      }
    }
  }
}

export function maxPoolGrad(
  start: i32,
  end: i32,
  dy: usize,
  x: usize,
  dx: usize,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideY: i32,
  strideX: i32,
  padTop: i32,
  padLeft: i32,
): void {
  const pixel = <usize>channels << 2;
  const rowBytes = pixel * width;
  const isPlain = isPlainPooling(
    height,
    width,
    outHeight,
    outWidth,
    filterHeight,
    filterWidth,
    strideY,
    strideX,
  );
  let gradient = dy + pixel * (start * outHeight * outWidth);
  for (let image = start; image < end; image++) {
    const offset = rowBytes * (image * height);
    if (isPlain) {
      for (let i = 0; i < outHeight; i++) {
        const at = offset + 2 * rowBytes * i;
        shareRow(gradient, x + at, dx + at, outWidth, channels, rowBytes);
        gradient += pixel * outWidth;
      }
      continue;
    }
    memory.fill(dx + offset, 0, rowBytes * height);
    for (let i = 0; i < outHeight; i++) {
      const top = max(0, i * strideY - padTop);
      const bottom = min(height, i * strideY - padTop + filterHeight);
      for (let j = 0; j < outWidth; j++) {
        const left = max(0, j * strideX - padLeft);
        const right = min(width, j * strideX - padLeft + filterWidth);
        const corner = offset + rowBytes * top + pixel * left;
        for (let c = 0; c < channels; c += 4) {
          const lanes = min(4, channels - c);
          const at = corner + (<usize>c << 2);
          const largest = largestOf(x + at, bottom - top, right - left, rowBytes, pixel);
          // What is left of dy once a position has taken its lanes.
          let rest = v128.load(gradient + (<usize>c << 2));
          for (let u = 0; u < bottom - top; u++) {
            let position = at + rowBytes * u;
            for (let v = 0; v < right - left; v++) {
              const hit = f32x4.eq(v128.load(x + position), largest);
              const sum = f32x4.add(loadLanes(dx + position, lanes), v128.and(rest, hit));
              storeLanes(dx + position, sum, lanes);
              rest = v128.andnot(rest, hit);
              position += pixel;
            }
          }
        }
        gradient += pixel;
      }
    }
  }
}

export function averagePool(
  start: i32,
  end: i32,
  x: usize,
  y: usize,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideY: i32,
  strideX: i32,
  padTop: i32,
  padLeft: i32,
): void {
  const pixel = <usize>channels << 2;
  const rowBytes = pixel * width;
  let to = y + pixel * (start * outHeight * outWidth);
  for (let image = start; image < end; image++) {
    const from = x + rowBytes * (image * height);
    for (let i = 0; i < outHeight; i++) {
      const top = max(0, i * strideY - padTop);
      const bottom = min(height, i * strideY - padTop + filterHeight);
      for (let j = 0; j < outWidth; j++) {
        const left = max(0, j * strideX - padLeft);
        const right = min(width, j * strideX - padLeft + filterWidth);
        const share = f32x4.splat(1 / <f32>((bottom - top) * (right - left)));
        memory.fill(to, 0, pixel);
        for (let u = top; u < bottom; u++) {
          for (let v = left; v < right; v++) addShare(from + rowBytes * u + pixel * v, share, to, channels);
        }
        to += pixel;
      }
    }
  }
}

export function averagePoolGrad(
  start: i32,
  end: i32,
  dy: usize,
  dx: usize,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideY: i32,
  strideX: i32,
  padTop: i32,
  padLeft: i32,
): void {
  const pixel = <usize>channels << 2;
  const rowBytes = pixel * width;
  let gradient = dy + pixel * (start * outHeight * outWidth);
  for (let image = start; image < end; image++) {
    const to = dx + rowBytes * (image * height);
    memory.fill(to, 0, rowBytes * height);
    for (let i = 0; i < outHeight; i++) {
      const top = max(0, i * strideY - padTop);
      const bottom = min(height, i * strideY - padTop + filterHeight);
      for (let j = 0; j < outWidth; j++) {
        const left = max(0, j * strideX - padLeft);
        const right = min(width, j * strideX - padLeft + filterWidth);
        const share = f32x4.splat(1 / <f32>((bottom - top) * (right - left)));
        for (let u = top; u < bottom; u++) {
          for (let v = left; v < right; v++) addShare(gradient, share, to + rowBytes * u + pixel * v, channels);
        }
        gradient += pixel;
      }
    }
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
function largestOf(corner: usize, rows: i32, columns: i32, rowBytes: usize, pixel: usize): v128 {
  let largest = f32x4.splat(-Infinity);
  for (let u = 0; u < rows; u++) {
    let position = corner + rowBytes * u;
    for (let v = 0; v < columns; v++) {
      largest = f32x4.max(largest, v128.load(position));
      position += pixel;
    }
  }
  return largest;
}

/** Whether windows of 2 × 2 cover the image, each position once. */
function isPlainPooling(
  height: i32,
  width: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideY: i32,
  strideX: i32,
): bool {
  const isSquare = filterHeight == 2 && filterWidth == 2 && strideY == 2 && strideX == 2;
  return isSquare && height == 2 * outHeight && width == 2 * outWidth;
}

/** A row of windows of 2 × 2. */
function poolRow(x: usize, y: usize, outWidth: i32, channels: i32, rowBytes: usize): void {
  const pixel = <usize>channels << 2;
  for (let c = 0; c < channels; c += 4) {
    const lanes = min(4, channels - c);
    let from = x + (<usize>c << 2);
    let to = y + (<usize>c << 2);
    const end = to + pixel * outWidth;
    for (; to < end; to += pixel) {
      storeLanes(to, largestOfFour(from, rowBytes, pixel), lanes);
      from += 2 * pixel;
    }
  }
}

/** The gradient of such a row. */
function shareRow(dy: usize, x: usize, dx: usize, outWidth: i32, channels: i32, rowBytes: usize): void {
  const pixel = <usize>channels << 2;
  for (let c = 0; c < channels; c += 4) {
    const lanes = min(4, channels - c);
    let gradient = dy + (<usize>c << 2);
    const end = gradient + pixel * outWidth;
    let at = <usize>c << 2;
    for (; gradient < end; gradient += pixel) {
      const from = x + at;
      const to = dx + at;
      const largest = largestOfFour(from, rowBytes, pixel);
      const hit0 = f32x4.eq(v128.load(from), largest);
      const hit1 = f32x4.eq(v128.load(from + pixel), largest);
      const hit2 = f32x4.eq(v128.load(from + rowBytes), largest);
      const share = v128.load(gradient);
      let rest = v128.andnot(share, hit0);
      storeLanes(to, v128.and(share, hit0), lanes);
      storeLanes(to + pixel, v128.and(rest, hit1), lanes);
      rest = v128.andnot(rest, hit1);
      storeLanes(to + rowBytes, v128.and(rest, hit2), lanes);
      storeLanes(to + rowBytes + pixel, v128.andnot(rest, hit2), lanes);
      at += 2 * pixel;
    }
  }
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
