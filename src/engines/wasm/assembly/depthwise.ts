// The gradients of depthwise convolution over NHWC images. Every channel has `multiplier` filters of its own, so that
// output channel = channel · multiplier + number of the filter; filters are [rows, columns, channels, multiplier].
import { madd } from './lanes';

/** sums[c] += Σ a[c · multiplier + m] · b[c · multiplier + m] over m. */
@inline
function addProducts(sums: usize, a: usize, b: usize, channels: i32, multiplier: i32): void {
  const end = sums + (<usize>channels << 2);
  if (multiplier == 1) {
    for (; sums + 16 <= end; sums += 16, a += 16, b += 16)
      v128.store(sums, madd(v128.load(sums), v128.load(a), v128.load(b)));
  }
  for (; sums < end; sums += 4) {
    let sum = load<f32>(sums);
    for (let m = 0; m < multiplier; m++, a += 4, b += 4) sum += load<f32>(a) * load<f32>(b);
    store<f32>(sums, sum);
  }
}

/** sums[c · multiplier + m] += x[c] · dy[c · multiplier + m]. */
@inline
function addOuterProducts(sums: usize, x: usize, dy: usize, channels: i32, multiplier: i32): void {
  const end = x + (<usize>channels << 2);
  if (multiplier == 1) {
    for (; x + 16 <= end; x += 16, sums += 16, dy += 16)
      v128.store(sums, madd(v128.load(sums), v128.load(x), v128.load(dy)));
  }
  for (; x < end; x += 4) {
    const value = load<f32>(x);
    for (let m = 0; m < multiplier; m++, sums += 4, dy += 4)
      store<f32>(sums, load<f32>(sums) + value * load<f32>(dy));
  }
}

/** Rows start … end − 1 of dx, of all images one after the other. */
export function depthwiseInputGradient(
  start: i32,
  end: i32,
  dy: usize,
  filter: usize,
  dx: usize,
  height: i32,
  width: i32,
  channels: i32,
  multiplier: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideY: i32,
  strideX: i32,
  dilationY: i32,
  dilationX: i32,
  top: i32,
  left: i32,
): void {
  const pixelBytes = <usize>channels << 2;
  const outBytes = pixelBytes * multiplier;
  for (let row = start; row < end; row++) {
    const y = (row % height) + top;
    const image = dy + <usize>(row / height) * outHeight * outWidth * outBytes;
    const target = dx + <usize>row * width * pixelBytes;
    memory.fill(target, 0, <usize>width * pixelBytes);
    for (let r = 0; r < filterHeight; r++) {
      const p = (y - r * dilationY) / strideY;
      if (p * strideY != y - r * dilationY || p < 0 || p >= outHeight) continue;
      for (let c = 0; c < filterWidth; c++) {
        const weights = filter + <usize>(r * filterWidth + c) * outBytes;
        for (let q = 0; q < outWidth; q++) {
          const x = q * strideX + c * dilationX - left;
          if (x < 0 || x >= width) continue;
          addProducts(
            target + <usize>x * pixelBytes,
            image + <usize>(p * outWidth + q) * outBytes,
            weights,
            channels,
            multiplier,
          );
        }
      }
    }
  }
}

/** Taps start … end − 1 of the filter's gradient, each over all images. */
export function depthwiseFilterGradient(
  start: i32,
  end: i32,
  x: usize,
  dy: usize,
  dfilter: usize,
  height: i32,
  width: i32,
  channels: i32,
  multiplier: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideY: i32,
  strideX: i32,
  dilationY: i32,
  dilationX: i32,
  top: i32,
  left: i32,
  batch: i32,
): void {
  const pixelBytes = <usize>channels << 2;
  const outBytes = pixelBytes * multiplier;
  for (let tap = start; tap < end; tap++) {
    const down = (tap / filterWidth) * dilationY - top;
    const right = (tap % filterWidth) * dilationX - left;
    const sums = dfilter + <usize>tap * outBytes;
    memory.fill(sums, 0, outBytes);
    for (let row = 0; row < batch * outHeight; row++) {
      const i = (row % outHeight) * strideY + down;
      if (i < 0 || i >= height) continue;
      const source = x + (<usize>(row / outHeight) * height + i) * width * pixelBytes;
      const gradient = dy + <usize>row * outWidth * outBytes;
      for (let q = 0; q < outWidth; q++) {
        const j = q * strideX + right;
        if (j < 0 || j >= width) continue;
        addOuterProducts(
          sums,
          source + <usize>j * pixelBytes,
          gradient + <usize>q * outBytes,
          channels,
          multiplier,
        );
      }
    }
  }
}
