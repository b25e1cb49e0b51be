// The kernel generator, z = x·W0 + b0 → n = (z − mean) / √(variance + ε) → a = max(γn + β, 0) → h = a·W1 + b1,
// for any number of channels C, hidden values R and outputs N, and its gradients:
//
//   da = dh·W1ᵀ where a > 0, else 0        dW1 = aᵀ·dh        db1 = Σ dh        dβ = Σ da        dγ = Σ da·n
//   dz = (da − (dβ + n·dγ) / P) · γ / √(variance + ε)      (without the middle term when the statistics are given)
//   dx = dz·W0ᵀ        dW0 = xᵀ·dz        db0 = Σ dz
//
// The statistics, and the sums in dz, are of all P pixels: that is where one pass ends and the next begins. Only the
// narrow z (then da and n) are kept between passes. Within one, pixels are taken in blocks whose hidden values stay in
// the cache; the matrix products are gemm.ts's. An item is a pixel; sums are kept per chunk and added in their order. The
// gradients are in generationGrad.ts.

import { batchNormSums } from './batchNorm';
import { multiplyPanels } from './gemm';
import { loadLanes, madd, storeLanes } from './lanes';
import { LANES, PANEL_ROW } from './panels';
import { scratch } from './scratch';

/** Scratch for one array of hidden values, and the most pixels of a block. */
const BLOCK_BYTES: i32 = 1 << 18;
const BLOCK_PIXELS: i32 = 64;

@inline
export function blockPixels(hidden: i32): i32 {
  return min(BLOCK_PIXELS, BLOCK_BYTES / (4 * hidden));
}

/** 1 / √(variance + ε) of each hidden value. */
export function writeDeviations(to: usize, variance: usize, epsilon: f32, hidden: i32): void {
  for (let r: usize = 0; r < <usize>hidden << 2; r += 4)
    store<f32>(to + r, 1 / sqrt<f32>(load<f32>(variance + r) + epsilon));
}

/** How many of four hidden values from byte r on there are. */
@inline
export function lanesFrom(r: usize, hidden: i32): i32 {
  return min(4, hidden - <i32>(r >> 2));
}

/** c[rows, columns] = bias + a[rows, depth] · B, where the panels (see panels.ts) have B and the bias. */
export function product(rows: i32, a: usize, aStep: i32, depth: i32, panels: usize, c: usize, columns: i32): void {
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
    PANEL_ROW,
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
  batchNormSums(start, end, z, sums, hidden, grain);
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

/** (z − mean) / √(variance + ε). */
@inline
export function normalized(z: usize, mean: usize, deviation: usize, lanes: i32): v128 {
  return f32x4.mul(f32x4.sub(loadLanes(z, lanes), loadLanes(mean, lanes)), loadLanes(deviation, lanes));
}

/** max(γn + β, 0). */
@inline
export function activated(normal: v128, gamma: usize, beta: usize, lanes: i32): v128 {
  return f32x4.max(madd(loadLanes(beta, lanes), normal, loadLanes(gamma, lanes)), f32x4.splat(0));
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
  const width = <usize>hidden << 2;
  const deviation = scratch + 16;
  const active = deviation + (<usize>hidden << 2);
  writeDeviations(deviation, variance, epsilon, hidden);
  for (let pixel = start; pixel < end; pixel += block) {
    const count = min(block, end - pixel);
    let at = <usize>(pixel * hidden) << 2;
    let to = active;
    for (let n = 0; n < count; n++) {
      for (let r: usize = 0; r < width; r += 16) {
        const lanes = lanesFrom(r, hidden);
        const normal = normalized(z + at + r, mean + r, deviation + r, lanes);
        storeLanes(to + r, activated(normal, gamma + r, beta + r, lanes), lanes);
      }
      at += width;
      to += width;
    }
    product(count, active, hidden, hidden, w1, h + (<usize>(pixel * outputs) << 2), outputs);
  }
}
