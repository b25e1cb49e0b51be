// What positions write to the pixels of their windows, gathered by the pixels, and its gradient: shares
// [B,H,W,K²,K²,G], of position p A_p[Δ, tap] at [tap, Δ], and kernels [B,H,W,(2K − 1)²,G] of the pixels.

/** Pixels start … end − 1 of the kernels: sums over Δ, from the first on. */
export function gatherOutlook(
  start: i32,
  end: i32,
  shares: usize,
  kernels: usize,
  height: i32,
  width: i32,
  kernelSize: i32,
  groups: i32,
  padTop: i32,
  padLeft: i32,
): void {
  const taps = kernelSize * kernelSize;
  const stencil = 2 * kernelSize - 1;
  const tapBytes = <usize>(taps * groups) << 2;
  const kernelBytes = <usize>(stencil * stencil * groups) << 2;
  for (let pixel = start; pixel < end; pixel++) {
    const to = kernels + <usize>pixel * kernelBytes;
    memory.fill(to, 0, kernelBytes);
    const column = pixel % width;
    const row = (pixel / width) % height;
    for (let offset = 0; offset < taps; offset++) {
      const u = offset / kernelSize;
      const v = offset % kernelSize;
      const i = row - u + padTop;
      const j = column - v + padLeft;
      if (i < 0 || i >= height || j < 0 || j >= width) continue;
      const writer = pixel + (i - row) * width + (j - column);
      let share = shares + <usize>writer * <usize>taps * tapBytes + (<usize>(offset * groups) << 2);
      for (let a = 0; a < kernelSize; a++) {
        let at = to + (<usize>(((kernelSize - 1 - u + a) * stencil + kernelSize - 1 - v) * groups) << 2);
        for (let b = 0; b < kernelSize; b++) {
          for (let g = 0; g < groups; g++) {
            const place = at + (<usize>g << 2);
            store<f32>(place, load<f32>(place) + load<f32>(share + (<usize>g << 2)));
          }
          at += <usize>groups << 2;
          share += tapBytes;
        }
      }
    }
  }
}

/** Positions start … end − 1 of dshares. */
export function gatherOutlookGrad(
  start: i32,
  end: i32,
  dkernels: usize,
  dshares: usize,
  height: i32,
  width: i32,
  kernelSize: i32,
  groups: i32,
  padTop: i32,
  padLeft: i32,
): void {
  const taps = kernelSize * kernelSize;
  const stencil = 2 * kernelSize - 1;
  const tapBytes = <usize>(taps * groups) << 2;
  const kernelBytes = <usize>(stencil * stencil * groups) << 2;
  for (let position = start; position < end; position++) {
    const column = position % width;
    const row = (position / width) % height;
    for (let offset = 0; offset < taps; offset++) {
      const u = offset / kernelSize;
      const v = offset % kernelSize;
      const i = row + u - padTop;
      const j = column + v - padLeft;
      const isInside = i >= 0 && i < height && j >= 0 && j < width;
      const from = dkernels + <usize>(position + (i - row) * width + (j - column)) * kernelBytes;
      let share = dshares + <usize>position * <usize>taps * tapBytes + (<usize>(offset * groups) << 2);
      for (let a = 0; a < kernelSize; a++) {
        let at = from + (<usize>(((kernelSize - 1 - u + a) * stencil + kernelSize - 1 - v) * groups) << 2);
        for (let b = 0; b < kernelSize; b++) {
          for (let g = 0; g < groups; g++)
            store<f32>(share + (<usize>g << 2), isInside ? load<f32>(at + (<usize>g << 2)) : 0);
          at += <usize>groups << 2;
          share += tapBytes;
        }
      }
    }
  }
}
