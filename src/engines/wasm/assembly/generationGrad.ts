// The kernel generator's gradients. See generation.ts.

import { multiplyPanels } from './gemm';
import { activated, blockPixels, lanesFrom, normalized, product, writeDeviations } from './generation';
import { loadLanes, madd, storeLanes } from './lanes';
import { LANES, PANEL_ROW } from './panels';
import { scratch } from './scratch';

/** sums[k, m] += Σ over rows of a[row, k] · b[row, m]: whole panels of b where they are, then up to four columns at a time. */
function addOuterProducts(rows: i32, a: usize, aWidth: i32, b: usize, bWidth: i32, sums: usize): void {
  const oneRun = scratch;
  store<u32>(oneRun, 0);
  const aStep = <usize>aWidth << 2;
  const bStep = <usize>bWidth << 2;
  const panels = bWidth / LANES;
  multiplyPanels(
    panels,
    aWidth,
    a,
    4,
    aStep,
    oneRun,
    1,
    rows,
    b,
    bStep,
    PANEL_ROW,
    sums,
    bStep,
    PANEL_ROW,
    sums,
    bStep,
    PANEL_ROW,
    panels * LANES,
    0,
  );
  for (let m = panels * LANES; m < bWidth; m += 4) {
    const lanes = min(4, bWidth - m);
    for (let k = 0; k < aWidth; k++) {
      let from = a + (<usize>k << 2);
      let values = b + (<usize>m << 2);
      const to = sums + bStep * k + (<usize>m << 2);
      let sum = loadLanes(to, lanes);
      for (let row = 0; row < rows; row++) {
        sum = madd(sum, v128.load32_splat(from), loadLanes(values, lanes));
        from += aStep;
        values += bStep;
      }
      storeLanes(to, sum, lanes);
    }
  }
}

@inline
function addTo(sum: usize, value: v128, lanes: i32): void {
  storeLanes(sum, f32x4.add(loadLanes(sum, lanes), value), lanes);
}

/**
 * da and n of all pixels, and for each chunk the sums [R+1][N] (dW1, and below it db1) and [2][R] (dβ, dγ).
 * `w1` are panels of W1ᵀ.
 */
export function generationGradOutput(
  start: i32,
  end: i32,
  dh: usize,
  x: usize,
  w0: usize,
  gamma: usize,
  beta: usize,
  mean: usize,
  variance: usize,
  epsilon: f32,
  w1: usize,
  da: usize,
  normal: usize,
  sums: usize,
  channels: i32,
  hidden: i32,
  outputs: i32,
  grain: i32,
): void {
  const block = blockPixels(hidden + 1);
  const width = <usize>hidden << 2;
  // The hidden values with a 1 behind them, so that their outer products with dh include Σ dh.
  const deviation = scratch + 16;
  const active = deviation + (<usize>hidden << 2);
  writeDeviations(deviation, variance, epsilon, hidden);
  const weightSums = (hidden + 1) * outputs;
  const sum = sums + (<usize>((start / grain) * (weightSums + 2 * hidden)) << 2);
  memory.fill(sum, 0, <usize>(weightSums + 2 * hidden) << 2);
  const betaSum = sum + (<usize>weightSums << 2);
  const gammaSum = betaSum + (<usize>hidden << 2);

  for (let pixel = start; pixel < end; pixel += block) {
    const count = min(block, end - pixel);
    const at = <usize>(pixel * hidden) << 2;
    const gradient = dh + (<usize>(pixel * outputs) << 2);
    product(count, x + (<usize>(pixel * channels) << 2), channels, channels, w0, normal + at, hidden);
    product(count, gradient, outputs, outputs, w1, da + at, hidden);
    let value = at;
    let to = active;
    for (let n = 0; n < count; n++) {
      for (let r: usize = 0; r < width; r += 16) {
        const lanes = lanesFrom(r, hidden);
        const one = normalized(normal + value + r, mean + r, deviation + r, lanes);
        const a = activated(one, gamma + r, beta + r, lanes);
        const change = v128.and(loadLanes(da + value + r, lanes), f32x4.gt(a, f32x4.splat(0)));
        storeLanes(normal + value + r, one, lanes);
        storeLanes(da + value + r, change, lanes);
        addTo(betaSum + r, change, lanes);
        addTo(gammaSum + r, f32x4.mul(change, one), lanes);
        storeLanes(to + r, a, lanes);
      }
      store<f32>(to + width, 1);
      value += width;
      to += width + 4;
    }
    addOuterProducts(count, active, hidden + 1, gradient, outputs, sum);
  }
}

/**
 * dx of all pixels, and for each chunk the sums [C][R] (dW0) and [R] (db0). `w0` are panels of W0ᵀ; `share` is 1 / P
 * when the statistics are the batch's, 0 when they are given.
 */
export function generationGradInput(
  start: i32,
  end: i32,
  x: usize,
  da: usize,
  normal: usize,
  w0: usize,
  gamma: usize,
  variance: usize,
  epsilon: f32,
  dbeta: usize,
  dgamma: usize,
  share: f32,
  dx: usize,
  sums: usize,
  channels: i32,
  hidden: i32,
  grain: i32,
): void {
  const block = blockPixels(hidden);
  const width = <usize>hidden << 2;
  const deviation = scratch + 16;
  const dz = deviation + (<usize>hidden << 2);
  writeDeviations(deviation, variance, epsilon, hidden);
  const sumWidth = hidden * (channels + 1);
  const sum = sums + (<usize>((start / grain) * sumWidth) << 2);
  const biasSum = sum + (<usize>(hidden * channels) << 2);
  memory.fill(sum, 0, <usize>sumWidth << 2);

  for (let pixel = start; pixel < end; pixel += block) {
    const count = min(block, end - pixel);
    const image = x + (<usize>(pixel * channels) << 2);
    let at = <usize>(pixel * hidden) << 2;
    let to = dz;
    for (let n = 0; n < count; n++) {
      for (let r: usize = 0; r < width; r += 16) {
        const lanes = lanesFrom(r, hidden);
        const sum = madd(loadLanes(dbeta + r, lanes), loadLanes(normal + at + r, lanes), loadLanes(dgamma + r, lanes));
        const throughStatistics = f32x4.mul(sum, f32x4.splat(share));
        const scale = f32x4.mul(loadLanes(gamma + r, lanes), loadLanes(deviation + r, lanes));
        const change = f32x4.mul(f32x4.sub(loadLanes(da + at + r, lanes), throughStatistics), scale);
        storeLanes(to + r, change, lanes);
        addTo(biasSum + r, change, lanes);
      }
      at += width;
      to += width;
    }
    product(count, dz, hidden, hidden, w0, dx + (<usize>(pixel * channels) << 2), channels);
    addOuterProducts(count, image, channels, dz, hidden, sum);
  }
}

/** total[0 … items) = Σ over chunks of sums[chunk, 0 … width) from `offset` on, in double precision. */
export function addChunks(
  start: i32,
  end: i32,
  sums: usize,
  chunks: i32,
  width: i32,
  offset: i32,
  total: usize,
): void {
  for (let item = start; item < end; item++) {
    let sum: f64 = 0;
    for (let chunk = 0; chunk < chunks; chunk++) sum += <f64>load<f32>(sums + (<usize>(chunk * width + offset + item) << 2));
    store<f32>(total + (<usize>item << 2), <f32>sum);
  }
}
