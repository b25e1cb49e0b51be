// Adam in one pass over the memory, in place:
// m ← m + (g − m)(1 − β₁)    v ← v + (g² − v)(1 − β₂)    w ← w − step · m / (√v + ε)

export function adamStep(
  start: i32,
  end: i32,
  variable: usize,
  m: usize,
  v: usize,
  gradient: usize,
  step: f32,
  rate1: f32,
  rate2: f32,
  epsilon: f32,
): void {
  let i = <usize>start << 2;
  const to = <usize>end << 2;
  const vectorEnd = i + ((to - i) & ~15);
  for (; i < vectorEnd; i += 16) {
    const g = v128.load(gradient + i);
    const oldM = v128.load(m + i);
    const oldV = v128.load(v + i);
    const newM = f32x4.add(oldM, f32x4.mul(f32x4.sub(g, oldM), f32x4.splat(rate1)));
    const newV = f32x4.add(oldV, f32x4.mul(f32x4.sub(f32x4.mul(g, g), oldV), f32x4.splat(rate2)));
    v128.store(m + i, newM);
    v128.store(v + i, newV);
    const change = f32x4.div(
      f32x4.mul(newM, f32x4.splat(step)),
      f32x4.add(f32x4.sqrt(newV), f32x4.splat(epsilon)),
    );
    v128.store(variable + i, f32x4.sub(v128.load(variable + i), change));
  }
  for (; i < to; i += 4) {
    const g = load<f32>(gradient + i);
    const oldM = load<f32>(m + i);
    const oldV = load<f32>(v + i);
    const newM = oldM + (g - oldM) * rate1;
    const newV = oldV + (g * g - oldV) * rate2;
    store<f32>(m + i, newM);
    store<f32>(v + i, newV);
    store<f32>(variable + i, load<f32>(variable + i) - (newM * step) / (sqrt<f32>(newV) + epsilon));
  }
}
