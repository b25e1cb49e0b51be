// y[b,i,j,c] = Σ_{u,v} kernel[b,i,j,u·K+v,g(c)] · x[b, i·s+u−padTop, j·s+v−padLeft, c]                     (NHWC)
// dx[b,y,x,c] = Σ_{i,j} kernel[b,i,j,u·K+v,g(c)] · dy[b,i,j,c],  u = y+padTop−i·s, v = x+padLeft−j·s in [0, K)
//
// Both are, for each pixel of the result, a sum over a rectangle of positions (see rectangles.ts); they differ in the
// rectangle and in how far one moves in each array from one position to the next. An item is a row of the result.

import { setGroups, setSteps, sumRectangles } from './rectangles';
import { setPositions } from './sixteens';

export function involution(
  start: i32,
  end: i32,
  x: usize,
  kernel: usize,
  y: usize,
  height: i32,
  width: i32,
  channelCount: i32,
  outHeight: i32,
  outWidth: i32,
  kernelSize: i32,
  strides: i32,
  padTop: i32,
  padLeft: i32,
  groupCount: i32,
  isContiguous: i32,
): void {
  setGroups(channelCount, groupCount, isContiguous != 0);
  const pixel = <usize>channelCount << 2;
  const tap = <usize>groupCount << 2;
  const stencil = tap * kernelSize * kernelSize;
  const imageRow = pixel * width;
  setPositions(pixel, imageRow, tap, tap * kernelSize);
  setSteps(pixel * strides, stencil);
  // The columns j whose window lies inside the image.
  const firstWhole = min(outWidth, (padLeft + strides - 1) / strides);
  const afterWhole = max(firstWhole, width + padLeft < kernelSize ? 0 : (width + padLeft - kernelSize) / strides + 1);

  for (let row = start; row < end; row++) {
    const top = (row % outHeight) * strides - padTop;
    const u = max(0, -top);
    const rows = min(kernelSize, height - top) - u;
    const image = x + imageRow * ((row / outHeight) * height + top + u);
    const firstPixel = row * outWidth;
    for (let j = 0; j < outWidth; ) {
      const left = j * strides - padLeft;
      const v = max(0, -left);
      const columns = min(kernelSize, width - left) - v;
      const count = j == firstWhole && j < afterWhole ? min(afterWhole, outWidth) - j : 1;
      sumRectangles(
        count,
        rows,
        columns,
        image + pixel * (left + v),
        kernel + stencil * (firstPixel + j) + tap * (kernelSize * u + v),
        y + pixel * (firstPixel + j),
      );
      j += count;
    }
  }
}

export function involutionInputGrad(
  start: i32,
  end: i32,
  dy: usize,
  kernel: usize,
  dx: usize,
  height: i32,
  width: i32,
  channelCount: i32,
  outHeight: i32,
  outWidth: i32,
  kernelSize: i32,
  strides: i32,
  padTop: i32,
  padLeft: i32,
  groupCount: i32,
  isContiguous: i32,
): void {
  setGroups(channelCount, groupCount, isContiguous != 0);
  const pixel = <usize>channelCount << 2;
  const tap = <usize>groupCount << 2;
  const stencil = tap * kernelSize * kernelSize;
  const across = stencil - tap * strides;
  const down = stencil * outWidth - tap * strides * kernelSize;
  setPositions(pixel, pixel * outWidth, across, down);
  setSteps(pixel, stencil);
  // The columns whose pixels all K windows see; runs of equal rectangles only exist at stride 1.
  const firstWhole = strides == 1 ? kernelSize - 1 - padLeft : -1;
  const afterWhole = width - padLeft;

  for (let row = start; row < end; row++) {
    const below = (row % height) + padTop;
    const i = firstWindow(below, kernelSize, strides);
    const rows = min(outHeight - 1, below / strides) - i + 1;
    const windowRow = (row / height) * outHeight + i;
    for (let column = 0; column < width; ) {
      const right = column + padLeft;
      const j = firstWindow(right, kernelSize, strides);
      const columns = min(outWidth - 1, right / strides) - j + 1;
      const count = column == firstWhole && column < afterWhole ? afterWhole - column : 1;
      const position = windowRow * outWidth + j;
      const u = below - i * strides;
      const v = right - j * strides;
      sumRectangles(
        count,
        rows,
        columns,
        dy + pixel * position,
        kernel + stencil * position + tap * (u * kernelSize + v),
        dx + pixel * (row * width + column),
      );
      column += count;
    }
  }
}

/** The first window, from 0, that reaches as far as `end` (counted with the padding before it). */
@inline
function firstWindow(end: i32, kernelSize: i32, strides: i32): i32 {
  return max(0, end - kernelSize + strides) / strides;
}
