// Maps of whole tensors, four values at a time. An item is a value.

/** Bytes, as 32-bit integers, to floats in [0, 1]. */
export function normalizePixels(start: i32, end: i32, bytes: usize, floats: usize): void {
  let i = <usize>start << 2;
  const to = <usize>end << 2;
  const vectorEnd = i + ((to - i) & ~15);
  for (; i < vectorEnd; i += 16)
    v128.store(floats + i, f32x4.div(f32x4.convert_i32x4_s(v128.load(bytes + i)), f32x4.splat(255)));
  for (; i < to; i += 4) store<f32>(floats + i, <f32>load<i32>(bytes + i) / 255);
}
