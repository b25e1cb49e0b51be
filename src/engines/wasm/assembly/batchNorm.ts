// Batch normalisation over pixels of C channels, y = (x − mean) · γ / √(variance + ε) + β, and its gradient:
//
//   dβ = Σ dy        dγ = Σ dy·n        dx = (dy − (dβ + n·dγ) / P) · γ / √(variance + ε)        n = (x − mean) / √(variance + ε)
//
// The sums are of all P pixels: that is where one pass ends and the next begins. Those of some neighbouring pixels are taken
// in single precision, theirs in double, per chunk, and the chunks' are added in their order. An item is a pixel, or a channel
// where only channels are gone through. Loops take two vectors at a time, or four, which some runtimes make one or two of.

import { addPair, FEW, high, low, totalOf } from './channelSums';
import { loadLanes, madd, storeLanes } from './lanes';

/**
 * For each chunk Σx and Σx² of each channel. Of each few pixels the distances d to their first are summed, and d²: squares of
 * what lies far from 0 would lose the digits that make the variance.
 */
export function batchNormSums(start: i32, end: i32, x: usize, sums: usize, channels: i32, grain: i32): void {
  const to = sums + ((<usize>(start / grain) * channels) << 4);
  memory.fill(to, 0, <usize>channels << 4);
  const pixel = <usize>channels << 2;
  for (let first = start; first < end; first += FEW) {
    const count = min(FEW, end - first);
    const corner = x + pixel * first;
    let c = 0;
    for (; c + 16 <= channels; c += 16) addSixteenSums(corner, pixel, count, to, c);
    for (; c < channels; c += 4) addSums(corner, pixel, count, to, c, min(4, channels - c));
  }
}

@inline
function addSixteenSums(corner: usize, pixel: usize, count: i32, to: usize, c: i32): void {
  let from = corner + (<usize>c << 2);
  const first0 = v128.load(from);
  const first1 = v128.load(from, 16);
  const first2 = v128.load(from, 32);
  const first3 = v128.load(from, 48);
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  let sum2 = f32x4.splat(0);
  let sum3 = f32x4.splat(0);
  let squares0 = f32x4.splat(0);
  let squares1 = f32x4.splat(0);
  let squares2 = f32x4.splat(0);
  let squares3 = f32x4.splat(0);
  for (let n = 0; n < count; n++) {
    const d0 = f32x4.sub(v128.load(from), first0);
    const d1 = f32x4.sub(v128.load(from, 16), first1);
    const d2 = f32x4.sub(v128.load(from, 32), first2);
    const d3 = f32x4.sub(v128.load(from, 48), first3);
    sum0 = f32x4.add(sum0, d0);
    sum1 = f32x4.add(sum1, d1);
    sum2 = f32x4.add(sum2, d2);
    sum3 = f32x4.add(sum3, d3);
    squares0 = madd(squares0, d0, d0);
    squares1 = madd(squares1, d1, d1);
    squares2 = madd(squares2, d2, d2);
    squares3 = madd(squares3, d3, d3);
    from += pixel;
  }
  addFew(to, c, count, first0, sum0, squares0, 4);
  addFew(to, c + 4, count, first1, sum1, squares1, 4);
  addFew(to, c + 8, count, first2, sum2, squares2, 4);
  addFew(to, c + 12, count, first3, sum3, squares3, 4);
}

/** Of `lanes` channels from c on. */
@inline
function addSums(corner: usize, pixel: usize, count: i32, to: usize, c: i32, lanes: i32): void {
  let from = corner + (<usize>c << 2);
  const first = loadLanes(from, lanes);
  let sum = f32x4.splat(0);
  let squares = f32x4.splat(0);
  for (let n = 0; n < count; n++) {
    const d = f32x4.sub(loadLanes(from, lanes), first);
    sum = f32x4.add(sum, d);
    squares = madd(squares, d, d);
    from += pixel;
  }
  addFew(to, c, count, first, sum, squares, lanes);
}

/** Adds Σ(first + d) and Σ(first + d)² of so many values, out of Σd and Σd². */
@inline
function addFew(to: usize, c: i32, count: i32, first: v128, sum: v128, squares: v128, lanes: i32): void {
  addHalfOfFew(to + (<usize>c << 4), count, low(first), low(sum), low(squares), lanes);
  if (lanes > 2) addHalfOfFew(to + (<usize>(c + 2) << 4), count, high(first), high(sum), high(squares), lanes - 2);
}

@inline
function addHalfOfFew(to: usize, count: i32, first: v128, sum: v128, squares: v128, lanes: i32): void {
  const whole = f64x2.mul(f64x2.splat(count), first);
  const sums = f64x2.add(whole, sum);
  const products = f64x2.add(squares, f64x2.mul(first, f64x2.add(sums, sum)));
  addPair(to, v128.shuffle<f64>(sums, products, 0, 2));
  if (lanes > 1) addPair(to + 16, v128.shuffle<f64>(sums, products, 1, 3));
}

/** Each channel's mean and biased variance, and γ / √(variance + ε), out of the sums over chunks. */
export function batchNormStatistics(
  start: i32,
  end: i32,
  sums: usize,
  chunks: i32,
  pixels: i32,
  channels: i32,
  gamma: usize,
  epsilon: f32,
  mean: usize,
  variance: usize,
  scale: usize,
): void {
  for (let c = start; c < end; c++) {
    const at = <usize>c << 2;
    const average = f64x2.div(totalOf(sums, chunks, channels, c), f64x2.splat(pixels));
    const first = f64x2.extract_lane(average, 0);
    const spread = <f32>max(f64x2.extract_lane(average, 1) - first * first, 0);
    store<f32>(mean + at, <f32>first);
    store<f32>(variance + at, spread);
    store<f32>(scale + at, load<f32>(gamma + at) / sqrt<f32>(spread + epsilon));
  }
}

/** y = (x − mean) · scale + β, plus `added` where it is not null, and at least `lower` (ReLU: 0). */
export function batchNormApply(
  start: i32,
  end: i32,
  x: usize,
  mean: usize,
  scale: usize,
  beta: usize,
  added: usize,
  lower: f32,
  y: usize,
  channels: i32,
): void {
  if (added) applyTo(true, start, end, x, mean, scale, beta, added, lower, y, channels);
  else applyTo(false, start, end, x, mean, scale, beta, added, lower, y, channels);
}

@inline
function applyTo(
  isSum: bool,
  start: i32,
  end: i32,
  x: usize,
  mean: usize,
  scale: usize,
  beta: usize,
  added: usize,
  lower: f32,
  y: usize,
  channels: i32,
): void {
  const pixel = <usize>channels << 2;
  const least = f32x4.splat(lower);
  for (let at = pixel * start; at < pixel * end; at += pixel) {
    let i: usize = 0;
    for (; i + 32 <= pixel; i += 32) {
      const from = x + at + i;
      let low = normalized(v128.load(from), v128.load(mean + i), v128.load(scale + i), v128.load(beta + i));
      let high = normalized(
        v128.load(from, 16),
        v128.load(mean + i, 16),
        v128.load(scale + i, 16),
        v128.load(beta + i, 16),
      );
      if (isSum) {
        low = f32x4.add(low, v128.load(added + at + i));
        high = f32x4.add(high, v128.load(added + at + i, 16));
      }
      v128.store(y + at + i, f32x4.max(low, least));
      v128.store(y + at + i, f32x4.max(high, least), 16);
    }
    for (; i < pixel; i += 16) {
      const lanes = min(4, <i32>((pixel - i) >> 2));
      let value = normalized(
        loadLanes(x + at + i, lanes),
        loadLanes(mean + i, lanes),
        loadLanes(scale + i, lanes),
        loadLanes(beta + i, lanes),
      );
      if (isSum) value = f32x4.add(value, loadLanes(added + at + i, lanes));
      storeLanes(y + at + i, f32x4.max(value, least), lanes);
    }
  }
}

@inline
function normalized(x: v128, mean: v128, scale: v128, beta: v128): v128 {
  return madd(beta, f32x4.sub(x, mean), scale);
}
