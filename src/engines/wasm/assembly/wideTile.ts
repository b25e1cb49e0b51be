// Products with two panels at once, for runtimes that make one operation of 256 bits of each two neighbouring vectors (see
// ../wideVectors.ts): sixteen accumulators are eight registers then, and enough sums are under way to keep two multipliers
// busy. Each result is summed in the same order as with one panel, so that its bits are the same.

import { madd } from './lanes';
import { LANES, storeClamped } from './panels';

/** Whether the runtime does so. Each thread tells its instance. */
export let wide: i32 = 0;

/** `multiplyPanels` with two panels, of whose columns more than eight are stored. */
export function multiplyPair(
  rows: i32,
  a: usize,
  rowStep: usize,
  depthStep: usize,
  runs: usize,
  runCount: i32,
  runLength: i32,
  panel: usize,
  panelRow: usize,
  panelStep: usize,
  start: usize,
  startStep: usize,
  startPanelStep: usize,
  c: usize,
  cStep: usize,
  cPanelStep: usize,
  columns: i32,
  clamp: usize,
): void {
  const runsEnd = runs + (<usize>runCount << 2);
  const runBytes = <usize>runLength * panelRow;
  for (let left = rows; left > 0; left -= 4) {
    // Rows beyond the last repeat it; they are not stored.
    const step1 = left > 1 ? rowStep : 0;
    const step2 = left > 2 ? rowStep : 0;
    const step3 = left > 3 ? rowStep : 0;
    let first = start;
    let second = start + startPanelStep;
    let c00 = v128.load(first);
    let c01 = v128.load(first, 16);
    let c02 = v128.load(second);
    let c03 = v128.load(second, 16);
    first += startStep;
    second += startStep;
    let c10 = v128.load(first);
    let c11 = v128.load(first, 16);
    let c12 = v128.load(second);
    let c13 = v128.load(second, 16);
    first += startStep;
    second += startStep;
    let c20 = v128.load(first);
    let c21 = v128.load(first, 16);
    let c22 = v128.load(second);
    let c23 = v128.load(second, 16);
    first += startStep;
    second += startStep;
    let c30 = v128.load(first);
    let c31 = v128.load(first, 16);
    let c32 = v128.load(second);
    let c33 = v128.load(second, 16);
    let b = panel;
    let d = panel + panelStep;
    for (let run = runs; run < runsEnd; run += 4) {
      let a0 = a + load<u32>(run);
      let a1 = a0 + step1;
      let a2 = a1 + step2;
      let a3 = a2 + step3;
      const end = b + runBytes;
      for (; b < end; b += panelRow, d += panelRow) {
        const b0 = v128.load(b);
        const b1 = v128.load(b, 16);
        const b2 = v128.load(d);
        const b3 = v128.load(d, 16);
        let value = v128.load32_splat(a0);
        c00 = madd(c00, value, b0);
        c01 = madd(c01, value, b1);
        c02 = madd(c02, value, b2);
        c03 = madd(c03, value, b3);
        value = v128.load32_splat(a1);
        c10 = madd(c10, value, b0);
        c11 = madd(c11, value, b1);
        c12 = madd(c12, value, b2);
        c13 = madd(c13, value, b3);
        value = v128.load32_splat(a2);
        c20 = madd(c20, value, b0);
        c21 = madd(c21, value, b1);
        c22 = madd(c22, value, b2);
        c23 = madd(c23, value, b3);
        value = v128.load32_splat(a3);
        c30 = madd(c30, value, b0);
        c31 = madd(c31, value, b1);
        c32 = madd(c32, value, b2);
        c33 = madd(c33, value, b3);
        a0 += depthStep;
        a1 += depthStep;
        a2 += depthStep;
        a3 += depthStep;
      }
    }
    let to = c;
    let beside = c + cPanelStep;
    storeClamped(to, c00, c01, LANES, clamp);
    storeClamped(beside, c02, c03, columns - LANES, clamp);
    if (left > 1) {
      to += cStep;
      beside += cStep;
      storeClamped(to, c10, c11, LANES, clamp);
      storeClamped(beside, c12, c13, columns - LANES, clamp);
    }
    if (left > 2) {
      to += cStep;
      beside += cStep;
      storeClamped(to, c20, c21, LANES, clamp);
      storeClamped(beside, c22, c23, columns - LANES, clamp);
    }
    if (left > 3) {
      to += cStep;
      beside += cStep;
      storeClamped(to, c30, c31, LANES, clamp);
      storeClamped(beside, c32, c33, columns - LANES, clamp);
    }
    a += 4 * rowStep;
    c += 4 * cStep;
    start += 4 * startStep;
  }
}
