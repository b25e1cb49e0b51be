// The generator of rankOneInvolution.ts, for a row of pixels in planes: a = max(γn + β, 0), n = (x·w0 + centre) · deviation.

import { madd } from './lanes';
import { channels, plane, width } from './planarRows';

/** Writes n and a of a row. */
@inline
export function hide(
  x: usize,
  normal: usize,
  active: usize,
  w0: usize,
  centre: f32,
  deviation: f32,
  gamma: f32,
  beta: f32,
): void {
  const end = <usize>width << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const n = f32x4.mul(f32x4.add(project(x + at, w0), f32x4.splat(centre)), f32x4.splat(deviation));
    v128.store(normal + at, n);
    const a = f32x4.add(f32x4.mul(n, f32x4.splat(gamma)), f32x4.splat(beta));
    v128.store(active + at, f32x4.max(a, f32x4.splat(0)));
  }
}

/** x·w0 of four pixels. */
@inline
export function project(x: usize, w0: usize): v128 {
  let sum = f32x4.splat(0);
  for (let c = 0; c < channels; c++) {
    sum = madd(sum, v128.load(x), v128.load32_splat(w0 + (<usize>c << 2)));
    x += plane;
  }
  return sum;
}
