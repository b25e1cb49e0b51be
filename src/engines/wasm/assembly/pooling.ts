// Max pooling over NHWC images, windows clipped to the image, and its gradient: dy goes to the first of the largest
// values of its window, row by row, as TensorFlow has it. Four channels at a time; an item is an image, because the
// windows of neighbouring rows may overlap. Windows of 2 × 2 that lie side by side are written out.

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
  let to = y + pixel * (start * outHeight * outWidth);
  for (let image = start; image < end; image++) {
    const from = x + rowBytes * (image * height);
    for (let i = 0; i < outHeight; i++) {
      const top = max(0, i * strideY - padTop);
      const bottom = min(height, i * strideY - padTop + filterHeight);
      for (let j = 0; j < outWidth; j++) {
        const left = max(0, j * strideX - padLeft);
        const right = min(width, j * strideX - padLeft + filterWidth);
        const corner = from + rowBytes * top + pixel * left;
        const isSquare = bottom - top == 2 && right - left == 2;
        for (let c = 0; c < channels; c += 4) {
          const at = <usize>c << 2;
          const largest = isSquare
            ? largestOfFour(corner + at, rowBytes, pixel)
            : largestOf(corner + at, bottom - top, right - left, rowBytes, pixel);
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
  const apart = strideY >= filterHeight && strideX >= filterWidth;
  let gradient = dy + pixel * (start * outHeight * outWidth);
  for (let image = start; image < end; image++) {
    const offset = rowBytes * (image * height);
    memory.fill(dx + offset, 0, rowBytes * height);
    for (let i = 0; i < outHeight; i++) {
      const top = max(0, i * strideY - padTop);
      const bottom = min(height, i * strideY - padTop + filterHeight);
      for (let j = 0; j < outWidth; j++) {
        const left = max(0, j * strideX - padLeft);
        const right = min(width, j * strideX - padLeft + filterWidth);
        const corner = offset + rowBytes * top + pixel * left;
        const isSquare = apart && bottom - top == 2 && right - left == 2;
        for (let c = 0; c < channels; c += 4) {
          const lanes = min(4, channels - c);
          const at = corner + (<usize>c << 2);
          if (isSquare) {
            shareOut(v128.load(gradient + (<usize>c << 2)), x + at, dx + at, rowBytes, pixel, lanes);
            continue;
          }
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

/** The largest of 2 × 2 positions. */
@inline
function largestOfFour(corner: usize, rowBytes: usize, pixel: usize): v128 {
  const below = corner + rowBytes;
  return f32x4.max(
    f32x4.max(v128.load(corner), v128.load(corner + pixel)),
    f32x4.max(v128.load(below), v128.load(below + pixel)),
  );
}

/** Writes the gradient of 2 × 2 positions that belong to no other window. */
@inline
function shareOut(dy: v128, x: usize, dx: usize, rowBytes: usize, pixel: usize, lanes: i32): void {
  const largest = largestOfFour(x, rowBytes, pixel);
  const hit0 = f32x4.eq(v128.load(x), largest);
  const hit1 = f32x4.eq(v128.load(x + pixel), largest);
  const hit2 = f32x4.eq(v128.load(x + rowBytes), largest);
  let rest = v128.andnot(dy, hit0);
  storeLanes(dx, v128.and(dy, hit0), lanes);
  storeLanes(dx + pixel, v128.and(rest, hit1), lanes);
  rest = v128.andnot(rest, hit1);
  storeLanes(dx + rowBytes, v128.and(rest, hit2), lanes);
  storeLanes(dx + rowBytes + pixel, v128.andnot(rest, hit2), lanes);
}
