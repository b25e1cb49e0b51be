// Batch normalisation over pixels of C channels, y = (x − mean) · γ / √(variance + ε) + β, and its gradient:
//
//   dβ = Σ dy        dγ = Σ dy·n        dx = (dy − (dβ + n·dγ) / P) · γ / √(variance + ε)        n = (x − mean) / √(variance + ε)
//
// The sums are of all P pixels: that is where one pass ends and the next begins. They are kept in double precision, per
// chunk, and added in the chunks' order. An item is a pixel, or a channel where only channels are gone through.

import { loadLanes, madd, storeLanes } from './lanes';

/** Bytes of the pixels whose channels are summed four at a time: they stay in the nearest cache. */
const BLOCK_BYTES: i32 = 1 << 14;

@inline
function blockPixels(channels: i32): i32 {
  return max(8, BLOCK_BYTES / (4 * channels));
}

@inline
function low(a: v128): v128 {
  return f64x2.promote_low_f32x4(a);
}

@inline
function high(a: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(a, a, 2, 3, 0, 1));
}

/** Adds to the pairs (a, b) of `lanes` channels. */
@inline
function addPairs(to: usize, aLow: v128, bLow: v128, aHigh: v128, bHigh: v128, lanes: i32): void {
  addPair(to, v128.shuffle<f64>(aLow, bLow, 0, 2));
  if (lanes > 1) addPair(to + 16, v128.shuffle<f64>(aLow, bLow, 1, 3));
  if (lanes > 2) addPair(to + 32, v128.shuffle<f64>(aHigh, bHigh, 0, 2));
  if (lanes > 3) addPair(to + 48, v128.shuffle<f64>(aHigh, bHigh, 1, 3));
}

@inline
function addPair(to: usize, pair: v128): void {
  v128.store(to, f64x2.add(v128.load(to), pair));
}

/** For each chunk Σx and Σx² of each channel. */
export function batchNormSums(start: i32, end: i32, x: usize, sums: usize, channels: i32, grain: i32): void {
  const to = sums + ((<usize>(start / grain) * channels) << 4);
  memory.fill(to, 0, <usize>channels << 4);
  const pixel = <usize>channels << 2;
  const block = blockPixels(channels);
  for (let first = start; first < end; first += block) {
    const count = min(block, end - first);
    const corner = x + pixel * first;
    let c = 0;
    for (; c + 4 <= channels; c += 4) addSums(corner, pixel, count, to, c, 4);
    if (c < channels) addSums(corner, pixel, count, to, c, channels - c);
  }
}

/** Of `lanes` channels from c on, over some pixels. */
@inline
function addSums(corner: usize, pixel: usize, count: i32, to: usize, c: i32, lanes: i32): void {
  let sumLow = f64x2.splat(0);
  let sumHigh = f64x2.splat(0);
  let squaresLow = f64x2.splat(0);
  let squaresHigh = f64x2.splat(0);
  let from = corner + (<usize>c << 2);
  for (let n = 0; n < count; n++) {
    const value = loadLanes(from, lanes);
    const a = low(value);
    const b = high(value);
    sumLow = f64x2.add(sumLow, a);
    sumHigh = f64x2.add(sumHigh, b);
    squaresLow = f64x2.add(squaresLow, f64x2.mul(a, a));
    squaresHigh = f64x2.add(squaresHigh, f64x2.mul(b, b));
    from += pixel;
  }
  addPairs(to + (<usize>c << 4), sumLow, squaresLow, sumHigh, squaresHigh, lanes);
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

@inline
function totalOf(sums: usize, chunks: i32, channels: i32, c: i32): v128 {
  let total = f64x2.splat(0);
  for (let chunk = 0; chunk < chunks; chunk++)
    total = f64x2.add(total, v128.load(sums + (<usize>(chunk * channels + c) << 4)));
  return total;
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
  const pixel = <usize>channels << 2;
  const whole = pixel & ~15;
  for (let at = pixel * start; at < pixel * end; at += pixel) {
    const summand = added ? added + at : 0;
    let i: usize = 0;
    for (; i < whole; i += 16) applyTo(x + at, mean, scale, beta, summand, lower, y + at, i, 4);
    if (i < pixel) applyTo(x + at, mean, scale, beta, summand, lower, y + at, i, channels & 3);
  }
}

@inline
function applyTo(
  x: usize,
  mean: usize,
  scale: usize,
  beta: usize,
  added: usize,
  lower: f32,
  y: usize,
  i: usize,
  lanes: i32,
): void {
  const centred = f32x4.sub(loadLanes(x + i, lanes), loadLanes(mean + i, lanes));
  let value = madd(loadLanes(beta + i, lanes), centred, loadLanes(scale + i, lanes));
  if (added) value = f32x4.add(value, loadLanes(added + i, lanes));
  storeLanes(y + i, f32x4.max(value, f32x4.splat(lower)), lanes);
}

/** What of a gradient a ReLU lets through that gave `y`; all of it where there is none. */
@inline
function gradientAt(dy: usize, y: usize, i: usize, lanes: i32): v128 {
  const gradient = loadLanes(dy + i, lanes);
  return y ? v128.and(gradient, f32x4.gt(loadLanes(y + i, lanes), f32x4.splat(0))) : gradient;
}

/** For each chunk Σdy and Σdy·(x − mean) of each channel. Here and below, `y` is what a ReLU gave, or null. */
export function batchNormGradSums(
  start: i32,
  end: i32,
  dy: usize,
  y: usize,
  x: usize,
  mean: usize,
  sums: usize,
  channels: i32,
  grain: i32,
): void {
  const to = sums + ((<usize>(start / grain) * channels) << 4);
  memory.fill(to, 0, <usize>channels << 4);
  const pixel = <usize>channels << 2;
  const block = blockPixels(y ? 3 * channels : 2 * channels);
  for (let first = start; first < end; first += block) {
    const count = min(block, end - first);
    const corner = pixel * first;
    const mask = y ? y + corner : 0;
    let c = 0;
    for (; c + 4 <= channels; c += 4) addGradSums(dy + corner, mask, x + corner, mean, pixel, count, to, c, 4);
    if (c < channels) addGradSums(dy + corner, mask, x + corner, mean, pixel, count, to, c, channels - c);
  }
}

/** Of `lanes` channels from c on, over some pixels. */
@inline
function addGradSums(
  dy: usize,
  y: usize,
  x: usize,
  mean: usize,
  pixel: usize,
  count: i32,
  to: usize,
  c: i32,
  lanes: i32,
): void {
  const middle = loadLanes(mean + (<usize>c << 2), lanes);
  let sumLow = f64x2.splat(0);
  let sumHigh = f64x2.splat(0);
  let productsLow = f64x2.splat(0);
  let productsHigh = f64x2.splat(0);
  let from = <usize>c << 2;
  for (let n = 0; n < count; n++) {
    const gradient = gradientAt(dy, y, from, lanes);
    const product = f32x4.mul(gradient, f32x4.sub(loadLanes(x + from, lanes), middle));
    sumLow = f64x2.add(sumLow, low(gradient));
    sumHigh = f64x2.add(sumHigh, high(gradient));
    productsLow = f64x2.add(productsLow, low(product));
    productsHigh = f64x2.add(productsHigh, high(product));
    from += pixel;
  }
  addPairs(to + (<usize>c << 4), sumLow, productsLow, sumHigh, productsHigh, lanes);
}

/** dγ and dβ out of the sums over chunks, and of each channel three factors with which dx = scale·dy − offset − slope·(x − mean). */
export function batchNormGradFactors(
  start: i32,
  end: i32,
  sums: usize,
  chunks: i32,
  pixels: i32,
  channels: i32,
  gamma: usize,
  variance: usize,
  epsilon: f32,
  dgamma: usize,
  dbeta: usize,
  scale: usize,
  offset: usize,
  slope: usize,
): void {
  for (let c = start; c < end; c++) {
    const at = <usize>c << 2;
    const total = totalOf(sums, chunks, channels, c);
    const deviation = 1 / sqrt<f64>(<f64>load<f32>(variance + at) + <f64>epsilon);
    const betaSum = f64x2.extract_lane(total, 0);
    const gammaSum = f64x2.extract_lane(total, 1) * deviation;
    const factor = <f64>load<f32>(gamma + at) * deviation;
    store<f32>(dbeta + at, <f32>betaSum);
    store<f32>(dgamma + at, <f32>gammaSum);
    store<f32>(scale + at, <f32>factor);
    store<f32>(offset + at, <f32>((factor * betaSum) / pixels));
    store<f32>(slope + at, <f32>((factor * gammaSum * deviation) / pixels));
  }
}

/** dx = scale·dy − offset − slope·(x − mean). */
export function batchNormGradApply(
  start: i32,
  end: i32,
  dy: usize,
  y: usize,
  x: usize,
  mean: usize,
  scale: usize,
  offset: usize,
  slope: usize,
  dx: usize,
  channels: i32,
): void {
  const pixel = <usize>channels << 2;
  const whole = pixel & ~15;
  for (let at = pixel * start; at < pixel * end; at += pixel) {
    const mask = y ? y + at : 0;
    let i: usize = 0;
    for (; i < whole; i += 16)
      applyGradTo(dy + at, mask, x + at, mean, scale, offset, slope, dx + at, i, 4);
    if (i < pixel) applyGradTo(dy + at, mask, x + at, mean, scale, offset, slope, dx + at, i, channels & 3);
  }
}

@inline
function applyGradTo(
  dy: usize,
  y: usize,
  x: usize,
  mean: usize,
  scale: usize,
  offset: usize,
  slope: usize,
  dx: usize,
  i: usize,
  lanes: i32,
): void {
  const centred = f32x4.sub(loadLanes(x + i, lanes), loadLanes(mean + i, lanes));
  const through = madd(loadLanes(offset + i, lanes), centred, loadLanes(slope + i, lanes));
  const scaled = f32x4.mul(gradientAt(dy, y, i, lanes), loadLanes(scale + i, lanes));
  storeLanes(dx + i, f32x4.sub(scaled, through), lanes);
}
