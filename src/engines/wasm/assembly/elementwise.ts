// Maps of whole tensors, four values at a time. An item is a value.

/** Bytes to floats in [0, 1]. */
export function normalizePixels(start: i32, end: i32, bytes: usize, floats: usize): void {
  let i = <usize>start;
  const to = <usize>end;
  for (; i + 4 <= to; i += 4) {
    const words = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(bytes + i)));
    v128.store(floats + (i << 2), f32x4.div(f32x4.convert_i32x4_s(words), f32x4.splat(255)));
  }
  for (; i < to; i++) store<f32>(floats + (i << 2), <f32>load<u8>(bytes + i) / 255);
}

/** max(x, 0); what is not a number stays. */
export function relu(start: i32, end: i32, x: usize, y: usize): void {
  let i = <usize>start << 2;
  const to = <usize>end << 2;
  for (; i + 16 <= to; i += 16) v128.store(y + i, f32x4.max(v128.load(x + i), f32x4.splat(0)));
  for (; i < to; i += 4) store<f32>(y + i, max<f32>(load<f32>(x + i), 0));
}

/** a + b, and at least `lower` (ReLU: 0). */
export function add(start: i32, end: i32, a: usize, b: usize, lower: f32, y: usize): void {
  let i = <usize>start << 2;
  const to = <usize>end << 2;
  for (; i + 16 <= to; i += 16)
    v128.store(y + i, f32x4.max(f32x4.add(v128.load(a + i), v128.load(b + i)), f32x4.splat(lower)));
  for (; i < to; i += 4) store<f32>(y + i, max<f32>(load<f32>(a + i) + load<f32>(b + i), lower));
}

/** moving · momentum + batch · rest, each product rounded. */
export function movingAverage(
  start: i32,
  end: i32,
  moving: usize,
  batch: usize,
  momentum: f32,
  rest: f32,
  to: usize,
): void {
  for (let i = <usize>start << 2; i < <usize>end << 2; i += 4)
    store<f32>(to + i, load<f32>(moving + i) * momentum + load<f32>(batch + i) * rest);
}

/** dy where x > 0, else 0. */
export function reluGrad(start: i32, end: i32, dy: usize, x: usize, dx: usize): void {
  let i = <usize>start << 2;
  const to = <usize>end << 2;
  for (; i + 16 <= to; i += 16)
    v128.store(dx + i, v128.and(v128.load(dy + i), f32x4.gt(v128.load(x + i), f32x4.splat(0))));
  for (; i < to; i += 4) store<f32>(dx + i, load<f32>(x + i) > 0 ? load<f32>(dy + i) : 0);
}
