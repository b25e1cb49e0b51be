// Depthwise convolution over NHWC images, and its gradients. Every channel has `multiplier` filters of its own, so that
// output channel = channel · multiplier + number of the filter; filters are [rows, columns, channels, multiplier].
//
// With one filter per channel and strides of 1, what a tap sees of a row of pixels is a row of values, and so is what it is
// multiplied by: the weights of the channels over and over. That goes four values at a time, whatever the number of channels.
import { loadLanes, madd, storeLanes } from './lanes';
import { scratch } from './scratch';

/** 32-bit words in this order; TypeScript writes them. */
@unmanaged
class Geometry {
  batch: i32;
  height: i32;
  width: i32;
  channels: i32;
  multiplier: i32;
  outHeight: i32;
  outWidth: i32;
  filterHeight: i32;
  filterWidth: i32;
  strideY: i32;
  strideX: i32;
  dilationY: i32;
  dilationX: i32;
  top: i32;
  left: i32;
}

/** The first pixel of an output row for which a tap, `shift` pixels to its right, is in the image, at strides of 1. */
@inline
function firstInside(shift: i32): i32 {
  return max(0, -shift);
}

/** How many such pixels there are. */
@inline
function countInside(g: Geometry, shift: i32): i32 {
  return min(g.outWidth, g.width - shift) - firstInside(shift);
}

/** The vectors after which weights of so many channels, written one after the other, begin anew. */
@inline
function periodOf(channels: i32): i32 {
  return channels & 3 ? channels : channels >> 2;
}

/** A period of the weights of one tap: themselves, or in scratch. */
function periodic(weights: usize, channels: i32): usize {
  if (!(channels & 3)) return weights;
  for (let i = 0; i < 4 * channels; i++)
    store<f32>(scratch + (<usize>i << 2), load<f32>(weights + (<usize>(i % channels) << 2)));
  return scratch;
}

/** to[i] += from[i] · weights[i mod period] of so many values. */
function addWeighted(to: usize, from: usize, values: i32, weights: usize, period: i32): void {
  const weightsEnd = weights + (<usize>period << 4);
  let weight = weights;
  let left = values;
  for (; left >= 4; left -= 4, to += 16, from += 16) {
    v128.store(to, madd(v128.load(to), v128.load(from), v128.load(weight)));
    weight += 16;
    if (weight == weightsEnd) weight = weights;
  }
  if (left > 0)
    storeLanes(to, madd(loadLanes(to, left), loadLanes(from, left), loadLanes(weight, left)), left);
}

/** sums[i mod period] += a[i] · b[i] of so many values. */
function addCorrelated(sums: usize, a: usize, b: usize, values: i32, period: i32): void {
  const sumsEnd = sums + (<usize>period << 4);
  let sum = sums;
  let left = values;
  for (; left >= 4; left -= 4, a += 16, b += 16) {
    v128.store(sum, madd(v128.load(sum), v128.load(a), v128.load(b)));
    sum += 16;
    if (sum == sumsEnd) sum = sums;
  }
  if (left > 0) storeLanes(sum, madd(loadLanes(sum, left), loadLanes(a, left), loadLanes(b, left)), left);
}

/** to[c · multiplier + m] += from[c] · weights[c · multiplier + m]. */
function addMultiplied(to: usize, from: usize, channels: i32, weights: usize, multiplier: i32): void {
  const end = from + (<usize>channels << 2);
  for (; from < end; from += 4) {
    const value = load<f32>(from);
    for (let m = 0; m < multiplier; m++, to += 4, weights += 4)
      store<f32>(to, load<f32>(to) + value * load<f32>(weights));
  }
}

/** Rows start … end − 1 of y, of all images one after the other. */
export function depthwise(
  start: i32,
  end: i32,
  x: usize,
  filter: usize,
  y: usize,
  geometry: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const pixelBytes = <usize>g.channels << 2;
  const outBytes = pixelBytes * g.multiplier;
  const period = periodOf(g.channels);
  for (let row = start; row < end; row++) {
    const image = x + <usize>(row / g.outHeight) * g.height * g.width * pixelBytes;
    const target = y + <usize>row * g.outWidth * outBytes;
    memory.fill(target, 0, <usize>g.outWidth * outBytes);
    for (let r = 0; r < g.filterHeight; r++) {
      const i = (row % g.outHeight) * g.strideY + r * g.dilationY - g.top;
      if (i < 0 || i >= g.height) continue;
      const source = image + <usize>i * g.width * pixelBytes;
      for (let c = 0; c < g.filterWidth; c++) {
        const tap = filter + <usize>(r * g.filterWidth + c) * outBytes;
        const shift = c * g.dilationX - g.left;
        if (g.multiplier == 1 && g.strideX == 1) {
          const first = firstInside(shift);
          const count = countInside(g, shift);
          if (count <= 0) continue;
          const at = target + <usize>first * pixelBytes;
          const weights = periodic(tap, g.channels);
          addWeighted(at, source + <usize>(first + shift) * pixelBytes, count * g.channels, weights, period);
          continue;
        }
        for (let q = 0; q < g.outWidth; q++) {
          const j = q * g.strideX + shift;
          if (j < 0 || j >= g.width) continue;
          const at = target + <usize>q * outBytes;
          const from = source + <usize>j * pixelBytes;
          if (g.multiplier == 1 && !(g.channels & 3)) addWeighted(at, from, g.channels, tap, period);
          else addMultiplied(at, from, g.channels, tap, g.multiplier);
        }
      }
    }
  }
}

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
  geometry: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const pixelBytes = <usize>g.channels << 2;
  const outBytes = pixelBytes * g.multiplier;
  const period = periodOf(g.channels);
  for (let row = start; row < end; row++) {
    const y = (row % g.height) + g.top;
    const image = dy + <usize>(row / g.height) * g.outHeight * g.outWidth * outBytes;
    const target = dx + <usize>row * g.width * pixelBytes;
    memory.fill(target, 0, <usize>g.width * pixelBytes);
    for (let r = 0; r < g.filterHeight; r++) {
      const p = (y - r * g.dilationY) / g.strideY;
      if (p * g.strideY != y - r * g.dilationY || p < 0 || p >= g.outHeight) continue;
      for (let c = 0; c < g.filterWidth; c++) {
        const weights = filter + <usize>(r * g.filterWidth + c) * outBytes;
        const source = image + <usize>(p * g.outWidth) * outBytes;
        if (g.multiplier == 1 && g.strideX == 1) {
          const shift = c * g.dilationX - g.left;
          const first = firstInside(shift);
          const count = countInside(g, shift);
          if (count <= 0) continue;
          addWeighted(
            target + <usize>(first + shift) * pixelBytes,
            source + <usize>first * pixelBytes,
            count * g.channels,
            periodic(weights, g.channels),
            period,
          );
          continue;
        }
        for (let q = 0; q < g.outWidth; q++) {
          const x = q * g.strideX + c * g.dilationX - g.left;
          if (x < 0 || x >= g.width) continue;
          addProducts(
            target + <usize>x * pixelBytes,
            source + <usize>q * outBytes,
            weights,
            g.channels,
            g.multiplier,
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
  geometry: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const pixelBytes = <usize>g.channels << 2;
  const outBytes = pixelBytes * g.multiplier;
  const period = periodOf(g.channels);
  for (let tap = start; tap < end; tap++) {
    const down = (tap / g.filterWidth) * g.dilationY - g.top;
    const right = (tap % g.filterWidth) * g.dilationX - g.left;
    const sums = dfilter + <usize>tap * outBytes;
    memory.fill(sums, 0, outBytes);
    const isPlain = g.multiplier == 1 && g.strideX == 1;
    if (isPlain) memory.fill(scratch, 0, <usize>period << 4);
    for (let row = 0; row < g.batch * g.outHeight; row++) {
      const i = (row % g.outHeight) * g.strideY + down;
      if (i < 0 || i >= g.height) continue;
      const source = x + (<usize>(row / g.outHeight) * g.height + i) * g.width * pixelBytes;
      const gradient = dy + <usize>row * g.outWidth * outBytes;
      if (isPlain) {
        const first = firstInside(right);
        const count = countInside(g, right);
        const seen = source + <usize>(first + right) * pixelBytes;
        if (count > 0) addCorrelated(scratch, seen, gradient + <usize>first * outBytes, count * g.channels, period);
        continue;
      }
      for (let q = 0; q < g.outWidth; q++) {
        const j = q * g.strideX + right;
        if (j < 0 || j >= g.width) continue;
        addOuterProducts(
          sums,
          source + <usize>j * pixelBytes,
          gradient + <usize>q * outBytes,
          g.channels,
          g.multiplier,
        );
      }
    }
    // A channel's sums lie C values apart.
    for (let i = 0; isPlain && i < 4 * period; i++) {
      const at = sums + (<usize>(i % g.channels) << 2);
      store<f32>(at, load<f32>(at) + load<f32>(scratch + (<usize>i << 2)));
    }
  }
}
