// The gradient of batch normalisation, behind a ReLU or not. See batchNorm.ts.
import { addPairs, FEW, totalOf } from './channelSums';
import { loadLanes, madd, storeLanes } from './lanes';

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
