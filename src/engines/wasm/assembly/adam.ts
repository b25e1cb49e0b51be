// Adam in one pass: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², w ← w − step · m / (√v + ε), in place.

export function adamStep(
  start: i32,
  end: i32,
  variable: usize,
  m: usize,
  v: usize,
  gradient: usize,
  step: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
): void {
  const from = <usize>start << 2;
  const to = <usize>end << 2;
  const vectorEnd = from + ((to - from) & ~15);
  let i = from;
  for (; i < vectorEnd; i += 16) {
    const g = v128.load(gradient + i);
    const mNext = f32x4.add(
      f32x4.mul(f32x4.splat(beta1), v128.load(m + i)),
      f32x4.mul(f32x4.splat(1 - beta1), g),
    );
    const vNext = f32x4.add(
      f32x4.mul(f32x4.splat(beta2), v128.load(v + i)),
      f32x4.mul(f32x4.splat(1 - beta2), f32x4.mul(g, g)),
    );
    v128.store(m + i, mNext);
    v128.store(v + i, vNext);
    const change = f32x4.div(
      f32x4.mul(f32x4.splat(step), mNext),
      f32x4.add(f32x4.sqrt(vNext), f32x4.splat(epsilon)),
    );
    v128.store(variable + i, f32x4.sub(v128.load(variable + i), change));
  }
  for (; i < to; i += 4) {
    const g = load<f32>(gradient + i);
    const mNext = beta1 * load<f32>(m + i) + (1 - beta1) * g;
    const vNext = beta2 * load<f32>(v + i) + (1 - beta2) * (g * g);
    store<f32>(m + i, mNext);
    store<f32>(v + i, vNext);
    store<f32>(variable + i, load<f32>(variable + i) - (step * mNext) / (sqrt<f32>(vNext) + epsilon));
  }
}
