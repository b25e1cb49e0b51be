// Batch normalisation over pixels of C channels, y = (x − mean) · γ / √(variance + ε) + β, and its gradient:
//
//   dβ = Σ dy        dγ = Σ dy·n        dx = (dy − (dβ + n·dγ) / P) · γ / √(variance + ε)        n = (x − mean) / √(variance + ε)
//
// The sums are of all P pixels: that is where one pass ends and the next begins. Those of some neighbouring pixels are taken
// in single precision, theirs in double, per chunk, and the chunks' are added in their order. An item is a pixel, or a channel
// where only channels are gone through. Loops take two vectors at a time, or four, which some runtimes make one or two of.

import { loadLanes, madd, storeLanes } from './lanes';

/** Pixels whose values are summed in single precision. */
const FEW: i32 = 32;

@inline
function low(a: v128): v128 {
  return f64x2.promote_low_f32x4(a);
}

@inline
function high(a: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(a, a, 2, 3, 0, 1));
}

/** Adds to the pairs (a, b) of `lanes` channels from c on. */
@inline
function addPairs(to: usize, c: i32, a: v128, b: v128, lanes: i32): void {
  to += <usize>c << 4;
  const aLow = low(a);
  const bLow = low(b);
  addPair(to, v128.shuffle<f64>(aLow, bLow, 0, 2));
  if (lanes > 1) addPair(to + 16, v128.shuffle<f64>(aLow, bLow, 1, 3));
  const aHigh = high(a);
  const bHigh = high(b);
  if (lanes > 2) addPair(to + 32, v128.shuffle<f64>(aHigh, bHigh, 0, 2));
  if (lanes > 3) addPair(to + 48, v128.shuffle<f64>(aHigh, bHigh, 1, 3));
}

@inline
function addPair(to: usize, pair: v128): void {
  v128.store(to, f64x2.add(v128.load(to), pair));
}

/**
 * For each chunk Σd and Σd² of each channel, where d is the distance to the channel's first value in all: squares of what
 * lies far from 0 would lose the digits that make the variance.
 */
export function batchNormSums(start: i32, end: i32, x: usize, sums: usize, channels: i32, grain: i32): void {
  const to = sums + ((<usize>(start / grain) * channels) << 4);
  memory.fill(to, 0, <usize>channels << 4);
  const pixel = <usize>channels << 2;
  for (let first = start; first < end; first += FEW) {
    const count = min(FEW, end - first);
    const corner = x + pixel * first;
    let c = 0;
    for (; c + 16 <= channels; c += 16) addSixteenSums(corner, pixel, count, x, to, c);
    for (; c < channels; c += 4) addSums(corner, pixel, count, x, to, c, min(4, channels - c));
  }
}

@inline
function addSixteenSums(corner: usize, pixel: usize, count: i32, origin: usize, to: usize, c: i32): void {
  const at = <usize>c << 2;
  const origin0 = v128.load(origin + at);
  const origin1 = v128.load(origin + at, 16);
  const origin2 = v128.load(origin + at, 32);
  const origin3 = v128.load(origin + at, 48);
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  let sum2 = f32x4.splat(0);
  let sum3 = f32x4.splat(0);
  let squares0 = f32x4.splat(0);
  let squares1 = f32x4.splat(0);
  let squares2 = f32x4.splat(0);
  let squares3 = f32x4.splat(0);
  let from = corner + at;
  for (let n = 0; n < count; n++) {
    const d0 = f32x4.sub(v128.load(from), origin0);
    const d1 = f32x4.sub(v128.load(from, 16), origin1);
    const d2 = f32x4.sub(v128.load(from, 32), origin2);
    const d3 = f32x4.sub(v128.load(from, 48), origin3);
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
  addPairs(to, c, sum0, squares0, 4);
  addPairs(to, c + 4, sum1, squares1, 4);
  addPairs(to, c + 8, sum2, squares2, 4);
  addPairs(to, c + 12, sum3, squares3, 4);
}

/** Of `lanes` channels from c on. */
@inline
function addSums(corner: usize, pixel: usize, count: i32, origin: usize, to: usize, c: i32, lanes: i32): void {
  const at = <usize>c << 2;
  const first = loadLanes(origin + at, lanes);
  let sum = f32x4.splat(0);
  let squares = f32x4.splat(0);
  let from = corner + at;
  for (let n = 0; n < count; n++) {
    const d = f32x4.sub(loadLanes(from, lanes), first);
    sum = f32x4.add(sum, d);
    squares = madd(squares, d, d);
    from += pixel;
  }
  addPairs(to, c, sum, squares, lanes);
}

/** Each channel's mean and biased variance, and γ / √(variance + ε), out of the sums over chunks. */
export function batchNormStatistics(
  start: i32,
  end: i32,
  x: usize,
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
    store<f32>(mean + at, <f32>(<f64>load<f32>(x + at) + first));
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

/** What of a gradient a ReLU lets through that gave y. */
@inline
function passed(dy: v128, y: v128): v128 {
  return v128.and(dy, f32x4.gt(y, f32x4.splat(0)));
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
  if (y) gradSums(true, start, end, dy, y, x, mean, to, channels);
  else gradSums(false, start, end, dy, y, x, mean, to, channels);
}

@inline
function gradSums(
  isRectified: bool,
  start: i32,
  end: i32,
  dy: usize,
  y: usize,
  x: usize,
  mean: usize,
  to: usize,
  channels: i32,
): void {
  const pixel = <usize>channels << 2;
  for (let first = start; first < end; first += FEW) {
    const last = pixel * min(first + FEW, end);
    let c = 0;
    for (; c + 16 <= channels; c += 16) {
      const at = <usize>c << 2;
      const mean0 = v128.load(mean + at);
      const mean1 = v128.load(mean + at, 16);
      const mean2 = v128.load(mean + at, 32);
      const mean3 = v128.load(mean + at, 48);
      let sum0 = f32x4.splat(0);
      let sum1 = f32x4.splat(0);
      let sum2 = f32x4.splat(0);
      let sum3 = f32x4.splat(0);
      let products0 = f32x4.splat(0);
      let products1 = f32x4.splat(0);
      let products2 = f32x4.splat(0);
      let products3 = f32x4.splat(0);
      for (let i = pixel * first + at; i < last; i += pixel) {
        let g0 = v128.load(dy + i);
        let g1 = v128.load(dy + i, 16);
        let g2 = v128.load(dy + i, 32);
        let g3 = v128.load(dy + i, 48);
        if (isRectified) {
          g0 = passed(g0, v128.load(y + i));
          g1 = passed(g1, v128.load(y + i, 16));
          g2 = passed(g2, v128.load(y + i, 32));
          g3 = passed(g3, v128.load(y + i, 48));
        }
        sum0 = f32x4.add(sum0, g0);
        sum1 = f32x4.add(sum1, g1);
        sum2 = f32x4.add(sum2, g2);
        sum3 = f32x4.add(sum3, g3);
        products0 = madd(products0, g0, f32x4.sub(v128.load(x + i), mean0));
        products1 = madd(products1, g1, f32x4.sub(v128.load(x + i, 16), mean1));
        products2 = madd(products2, g2, f32x4.sub(v128.load(x + i, 32), mean2));
        products3 = madd(products3, g3, f32x4.sub(v128.load(x + i, 48), mean3));
      }
      addPairs(to, c, sum0, products0, 4);
      addPairs(to, c + 4, sum1, products1, 4);
      addPairs(to, c + 8, sum2, products2, 4);
      addPairs(to, c + 12, sum3, products3, 4);
    }
    for (; c < channels; c += 4) {
      const at = <usize>c << 2;
      const lanes = min(4, channels - c);
      const middle = loadLanes(mean + at, lanes);
      let sum = f32x4.splat(0);
      let products = f32x4.splat(0);
      for (let i = pixel * first + at; i < last; i += pixel) {
        let gradient = loadLanes(dy + i, lanes);
        if (isRectified) gradient = passed(gradient, loadLanes(y + i, lanes));
        sum = f32x4.add(sum, gradient);
        products = madd(products, gradient, f32x4.sub(loadLanes(x + i, lanes), middle));
      }
      addPairs(to, c, sum, products, lanes);
    }
  }
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
  if (y) applyGradTo(true, start, end, dy, y, x, mean, scale, offset, slope, dx, channels);
  else applyGradTo(false, start, end, dy, y, x, mean, scale, offset, slope, dx, channels);
}

@inline
function applyGradTo(
  isRectified: bool,
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
  for (let at = pixel * start; at < pixel * end; at += pixel) {
    let i: usize = 0;
    for (; i + 32 <= pixel; i += 32) {
      let low = v128.load(dy + at + i);
      let high = v128.load(dy + at + i, 16);
      if (isRectified) {
        low = passed(low, v128.load(y + at + i));
        high = passed(high, v128.load(y + at + i, 16));
      }
      const x0 = f32x4.sub(v128.load(x + at + i), v128.load(mean + i));
      const x1 = f32x4.sub(v128.load(x + at + i, 16), v128.load(mean + i, 16));
      const through0 = madd(v128.load(offset + i), x0, v128.load(slope + i));
      const through1 = madd(v128.load(offset + i, 16), x1, v128.load(slope + i, 16));
      v128.store(dx + at + i, f32x4.sub(f32x4.mul(low, v128.load(scale + i)), through0));
      v128.store(dx + at + i, f32x4.sub(f32x4.mul(high, v128.load(scale + i, 16)), through1), 16);
    }
    for (; i < pixel; i += 16) {
      const lanes = min(4, <i32>((pixel - i) >> 2));
      let gradient = loadLanes(dy + at + i, lanes);
      if (isRectified) gradient = passed(gradient, loadLanes(y + at + i, lanes));
      const centred = f32x4.sub(loadLanes(x + at + i, lanes), loadLanes(mean + i, lanes));
      const through = madd(loadLanes(offset + i, lanes), centred, loadLanes(slope + i, lanes));
      const scaled = f32x4.mul(gradient, loadLanes(scale + i, lanes));
      storeLanes(dx + at + i, f32x4.sub(scaled, through), lanes);
    }
  }
}
