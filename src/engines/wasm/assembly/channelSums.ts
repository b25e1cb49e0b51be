// Sums of each channel in double precision, pairs of them [channel][2], kept per chunk and added in the chunks' order.

/** Pixels whose values are summed in single precision before that. */
export const FEW: i32 = 32;

@inline
export function low(a: v128): v128 {
  return f64x2.promote_low_f32x4(a);
}

@inline
export function high(a: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(a, a, 2, 3, 0, 1));
}

/** Adds to the pairs (a, b) of `lanes` channels from c on. */
@inline
export function addPairs(to: usize, c: i32, a: v128, b: v128, lanes: i32): void {
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
export function addPair(to: usize, pair: v128): void {
  v128.store(to, f64x2.add(v128.load(to), pair));
}

/** Both sums of a channel over all chunks. */
@inline
export function totalOf(sums: usize, chunks: i32, channels: i32, c: i32): v128 {
  let total = f64x2.splat(0);
  for (let chunk = 0; chunk < chunks; chunk++)
    total = f64x2.add(total, v128.load(sums + (<usize>(chunk * channels + c) << 4)));
  return total;
}
