// The kernel generator, z = x·W0 + b0 → n = (z − mean) / √(variance + ε) → a = max(γn + β, 0) → h = a·W1 + b1,
// for any number of channels C, hidden values R and outputs N, and its gradients:
//
//   da = dh·W1ᵀ where a > 0, else 0        dW1 = aᵀ·dh        db1 = Σ dh        dβ = Σ da        dγ = Σ da·n
//   dz = (da − (dβ + n·dγ) / P) · γ / √(variance + ε)      (without the middle term when the statistics are given)
//   dx = dz·W0ᵀ        dW0 = xᵀ·dz        db0 = Σ dz
//
// The statistics, and the sums in dz, are of all P pixels: that is where one pass ends and the next begins. Only the
// narrow z (then da and n) are kept between passes. Within one, pixels are taken in blocks whose hidden values stay in
// the cache; the matrix products are gemm.ts's. An item is a pixel; sums are kept per chunk and added in their order.

import { multiplyPanels } from './gemm';
import { loadLanes, madd, storeLanes } from './lanes';
import { LANES, PANEL_ROW } from './panels';
import { scratch } from './scratch';

/** Scratch for one array of hidden values, and the most pixels of a block. */
const BLOCK_BYTES: i32 = 1 << 18;
const BLOCK_PIXELS: i32 = 64;

@inline
function blockPixels(hidden: i32): i32 {
  return min(BLOCK_PIXELS, BLOCK_BYTES / (4 * hidden));
}

/** 1 / √(variance + ε) of each hidden value. */
function writeDeviations(to: usize, variance: usize, epsilon: f32, hidden: i32): void {
  for (let r: usize = 0; r < <usize>hidden << 2; r += 4)
    store<f32>(to + r, 1 / sqrt<f32>(load<f32>(variance + r) + epsilon));
}

/** c[rows, columns] = bias + a[rows, depth] · B, where the panels (see panels.ts) have B and the bias. */
function product(rows: i32, a: usize, aStep: i32, depth: i32, panels: usize, c: usize, columns: i32): void {
  const oneRun = scratch;
  store<u32>(oneRun, 0);
  const panelBytes = PANEL_ROW * (1 + depth);
  multiplyPanels(
    (columns + LANES - 1) / LANES,
    rows,
    a,
    <usize>aStep << 2,
    4,
    oneRun,
    1,
    depth,
    panels + PANEL_ROW,
    panelBytes,
    panels,
    0,
    panelBytes,
    c,
    <usize>columns << 2,
    PANEL_ROW,
    columns,
    0,
  );
}

/** sums[k, m] += Σ over rows of a[row, k] · b[row, m]: sixteen columns are summed in registers. */
function addOuterProducts(rows: i32, a: usize, aWidth: i32, b: usize, bWidth: i32, sums: usize): void {
  const aStep = <usize>aWidth << 2;
  const bStep = <usize>bWidth << 2;
  for (let k = 0; k < aWidth; k++) {
    let m = 0;
    for (; m + 16 <= bWidth; m += 16) {
      let from = a + (<usize>k << 2);
      let values = b + (<usize>m << 2);
      const to = sums + (<usize>m << 2);
      let sum0 = v128.load(to);
      let sum1 = v128.load(to, 16);
      let sum2 = v128.load(to, 32);
      let sum3 = v128.load(to, 48);
      for (let row = 0; row < rows; row++) {
        const factor = v128.load32_splat(from);
        sum0 = madd(sum0, factor, v128.load(values));
        sum1 = madd(sum1, factor, v128.load(values, 16));
        sum2 = madd(sum2, factor, v128.load(values, 32));
        sum3 = madd(sum3, factor, v128.load(values, 48));
        from += aStep;
        values += bStep;
      }
      v128.store(to, sum0);
      v128.store(to, sum1, 16);
      v128.store(to, sum2, 32);
      v128.store(to, sum3, 48);
    }
    for (; m < bWidth; m += 4) {
      const lanes = min(4, bWidth - m);
      let from = a + (<usize>k << 2);
      let values = b + (<usize>m << 2);
      const to = sums + (<usize>m << 2);
      let sum = loadLanes(to, lanes);
      for (let row = 0; row < rows; row++) {
        sum = madd(sum, v128.load32_splat(from), loadLanes(values, lanes));
        from += aStep;
        values += bStep;
      }
      storeLanes(to, sum, lanes);
    }
    sums += bStep;
  }
}

/** z of all pixels, and for each chunk Σz and Σz² of each hidden value, in double precision. */
export function generationReduce(
  start: i32,
  end: i32,
  x: usize,
  w0: usize,
  z: usize,
  sums: usize,
  channels: i32,
  hidden: i32,
  grain: i32,
): void {
  const to = z + (<usize>(start * hidden) << 2);
  product(end - start, x + (<usize>(start * channels) << 2), channels, channels, w0, to, hidden);
  const sum = sums + ((<usize>(start / grain) * hidden) << 4);
  memory.fill(sum, 0, <usize>hidden << 4);
  let value = to;
  for (let pixel = start; pixel < end; pixel++) {
    for (let r = 0; r < hidden; r++) {
      const at = sum + (<usize>r << 4);
      const one = <f64>load<f32>(value);
      v128.store(at, f64x2.add(v128.load(at), f64x2.mul(f64x2.splat(one), f64x2.replace_lane(f64x2.splat(1), 1, one))));
      value += 4;
    }
  }
}

/** The mean and the (biased) variance of each hidden value out of its sums over chunks. One item. */
export function generationStatistics(
  start: i32,
  end: i32,
  sums: usize,
  chunks: i32,
  pixels: i32,
  hidden: i32,
  mean: usize,
  variance: usize,
): void {
  for (let r = 0; r < hidden; r++) {
    let total = f64x2.splat(0);
    for (let chunk = 0; chunk < chunks; chunk++)
      total = f64x2.add(total, v128.load(sums + (<usize>(chunk * hidden + r) << 4)));
    total = f64x2.div(total, f64x2.splat(pixels));
    const average = f64x2.extract_lane(total, 0);
    store<f32>(mean + (<usize>r << 2), <f32>average);
    store<f32>(variance + (<usize>r << 2), <f32>max(f64x2.extract_lane(total, 1) - average * average, 0));
  }
}

/** h of all pixels out of z. */
export function generationSpan(
  start: i32,
  end: i32,
  z: usize,
  gamma: usize,
  beta: usize,
  mean: usize,
  variance: usize,
  epsilon: f32,
  w1: usize,
  h: usize,
  hidden: i32,
  outputs: i32,
): void {
  const block = blockPixels(hidden);
  const deviation = scratch + 16;
  const active = deviation + (<usize>hidden << 2);
  writeDeviations(deviation, variance, epsilon, hidden);
  for (let pixel = start; pixel < end; pixel += block) {
    const count = min(block, end - pixel);
    let at = <usize>(pixel * hidden) << 2;
    let to = active;
    for (let n = 0; n < count; n++) {
      for (let r: usize = 0; r < <usize>hidden << 2; r += 4) {
        const normal = (load<f32>(z + at) - load<f32>(mean + r)) * load<f32>(deviation + r);
        store<f32>(to, max<f32>(normal * load<f32>(gamma + r) + load<f32>(beta + r), 0));
        at += 4;
        to += 4;
      }
    }
    product(count, active, hidden, hidden, w1, h + (<usize>(pixel * outputs) << 2), outputs);
  }
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
      for (let r: usize = 0; r < <usize>hidden << 2; r += 4) {
        const one = (load<f32>(normal + value) - load<f32>(mean + r)) * load<f32>(deviation + r);
        const a = max<f32>(one * load<f32>(gamma + r) + load<f32>(beta + r), 0);
        const change: f32 = a > 0 ? load<f32>(da + value) : 0;
        store<f32>(normal + value, one);
        store<f32>(da + value, change);
        store<f32>(betaSum + r, load<f32>(betaSum + r) + change);
        store<f32>(gammaSum + r, load<f32>(gammaSum + r) + change * one);
        store<f32>(to, a);
        value += 4;
        to += 4;
      }
      store<f32>(to, 1);
      to += 4;
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
      for (let r: usize = 0; r < <usize>hidden << 2; r += 4) {
        const throughStatistics =
          (load<f32>(dbeta + r) + load<f32>(normal + at) * load<f32>(dgamma + r)) * share;
        const scale = load<f32>(gamma + r) * load<f32>(deviation + r);
        const change = (load<f32>(da + at) - throughStatistics) * scale;
        store<f32>(to, change);
        store<f32>(biasSum + r, load<f32>(biasSum + r) + change);
        at += 4;
        to += 4;
      }
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
