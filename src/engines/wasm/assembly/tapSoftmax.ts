// Softmax over the taps of kernels [positions, taps, groups], and its gradient. A *column* is what one position has for
// one group, its values `groups` apart; four columns are done at once, each alone in its lane.
import { madd } from './lanes';

/** Where four columns begin; those beyond the last repeat it. */
let column0: usize = 0;
let column1: usize = 0;
let column2: usize = 0;
let column3: usize = 0;

/** Of columns first … first + 3, in bytes from the tensor's beginning. */
@inline
function findColumns(first: i32, end: i32, taps: i32, groups: i32): void {
  column0 = offsetOf(first, taps, groups);
  column1 = offsetOf(min(first + 1, end - 1), taps, groups);
  column2 = offsetOf(min(first + 2, end - 1), taps, groups);
  column3 = offsetOf(min(first + 3, end - 1), taps, groups);
}

@inline
function offsetOf(column: i32, taps: i32, groups: i32): usize {
  return <usize>((column / groups) * taps * groups + (column % groups)) << 2;
}

@inline
function loadColumns(from: usize): v128 {
  if (column3 == column0 + 12) return v128.load(from + column0);
  let values = v128.load32_zero(from + column0);
  values = v128.load32_lane(from + column1, values, 1);
  values = v128.load32_lane(from + column2, values, 2);
  return v128.load32_lane(from + column3, values, 3);
}

@inline
function storeColumns(to: usize, values: v128): void {
  if (column3 == column0 + 12) {
    v128.store(to + column0, values);
  } else {
    v128.store32_lane(to + column0, values, 0);
    v128.store32_lane(to + column1, values, 1);
    v128.store32_lane(to + column2, values, 2);
    v128.store32_lane(to + column3, values, 3);
  }
}

/**
 * eˣ of four values ≤ 0, within 2 units in the last place; 0 below −87, as results there are no normal floats. By
 * x = n ln 2 + r, |r| ≤ ln 2 / 2, and Cephes' polynomial of eʳ (expf.c, S. L. Moshier).
 */
@inline
function exponential(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  let r = madd(x, n, f32x4.splat(-0.693359375));
  r = madd(r, n, f32x4.splat(2.12194440e-4));
  let sum = madd(f32x4.splat(1.3981999507e-3), r, f32x4.splat(1.9875691500e-4));
  sum = madd(f32x4.splat(8.3334519073e-3), r, sum);
  sum = madd(f32x4.splat(4.1665795894e-2), r, sum);
  sum = madd(f32x4.splat(1.6666665459e-1), r, sum);
  sum = madd(f32x4.splat(5.0000001201e-1), r, sum);
  sum = f32x4.add(madd(r, f32x4.mul(r, r), sum), f32x4.splat(1));
  const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.and(f32x4.mul(sum, scale), f32x4.gt(x, f32x4.splat(-87)));
}

/** Columns start … end − 1. */
export function tapSoftmax(start: i32, end: i32, scores: usize, shares: usize, taps: i32, groups: i32): void {
  const step = <usize>groups << 2;
  const bytes = step * <usize>taps;
  for (let first = start; first < end; first += 4) {
    findColumns(first, end, taps, groups);
    let most = loadColumns(scores);
    for (let at = step; at < bytes; at += step) most = f32x4.max(most, loadColumns(scores + at));
    let sum = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += step) {
      const value = exponential(f32x4.sub(loadColumns(scores + at), most));
      sum = f32x4.add(sum, value);
      storeColumns(shares + at, value);
    }
    const factor = f32x4.div(f32x4.splat(1), sum);
    for (let at: usize = 0; at < bytes; at += step)
      storeColumns(shares + at, f32x4.mul(loadColumns(shares + at), factor));
  }
}

/** Columns start … end − 1 of dx = y · (dy − Σ over taps of dy · y). */
export function tapSoftmaxGrad(
  start: i32,
  end: i32,
  dy: usize,
  y: usize,
  dx: usize,
  taps: i32,
  groups: i32,
): void {
  const step = <usize>groups << 2;
  const bytes = step * <usize>taps;
  for (let first = start; first < end; first += 4) {
    findColumns(first, end, taps, groups);
    let sum = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += step)
      sum = madd(sum, loadColumns(dy + at), loadColumns(y + at));
    for (let at: usize = 0; at < bytes; at += step)
      storeColumns(dx + at, f32x4.mul(loadColumns(y + at), f32x4.sub(loadColumns(dy + at), sum)));
  }
}
