// Vectors of four floats, and parts of one at the end of an array.

/** The first `count` (1 … 4) floats from an address; the other lanes are 0. */
@inline
export function loadLanes(from: usize, count: i32): v128 {
  if (count == 4) return v128.load(from);
  if (count == 1) return v128.load32_zero(from);
  const pair = v128.load64_zero(from);
  return count == 2 ? pair : v128.load32_lane(from, pair, 2, 8);
}

/** Writes the first `count` (1 … 4) lanes and nothing behind them. */
@inline
export function storeLanes(to: usize, value: v128, count: i32): void {
  if (count == 4) v128.store(to, value);
  else if (count == 1) v128.store32_lane(to, value, 0);
  else {
    v128.store64_lane(to, value, 0);
    if (count == 3) v128.store32_lane(to, value, 2, 8);
  }
}

/** The sum of the first `count` lanes of each of four vectors; what the other lanes hold does not matter. */
@inline
export function sumLanes(a: v128, b: v128, c: v128, d: v128, count: i32): v128 {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  let sum = v128.shuffle<f32>(ab, cd, 0, 1, 4, 5);
  if (count > 1) sum = f32x4.add(sum, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  if (count > 2) {
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    sum = f32x4.add(sum, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
    if (count > 3) sum = f32x4.add(sum, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
  }
  return sum;
}

/** The sum of all four lanes. */
@inline
export function sumOf(a: v128): f32 {
  const pairs = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** sum + a · b: rounded once in the build for processors that fuse the two, else twice. */
@inline
export function madd(sum: v128, a: v128, b: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD
    ? f32x4.relaxed_madd(a, b, sum)
    : f32x4.add(sum, f32x4.mul(a, b));
}
