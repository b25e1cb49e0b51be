// A tile of a product: four rows by the eight columns of a panel, or by the sixteen of two for runtimes that make one
// operation of 256 bits of each two neighbouring vectors (see ../wideVectors.ts). Sixteen accumulators are eight registers
// then, and enough sums are under way to keep two multipliers busy. Each result is summed in the same order with one
// panel and with two, so that its bits are the same.

import { madd } from './lanes';
import { LANES, storeClamped } from './panels';

/** Whether the runtime does so. Each thread tells its instance. */
export let wide: i32 = 0;

// A function for each width: with both loops in one, V8 runs out of registers, and both take twice as long.

/** `multiplyPanels` with one panel. */
export function multiplyOne(
  rows: i32,
  a: usize,
  rowStep: usize,
  depthStep: usize,
  runs: usize,
  runCount: i32,
  runLength: i32,
  panel: usize,
  panelRow: usize,
  start: usize,
  startStep: usize,
  c: usize,
  cStep: usize,
  columns: i32,
  clamp: usize,
): void {
  multiplyTile(false, rows, a, rowStep, depthStep, runs, runCount, runLength, panel, panelRow, 0, start, startStep, 0, c, cStep, 0, columns, clamp);
}

/** `multiplyPanels` with two panels, of whose columns more than eight are stored. */
export function multiplyTwo(
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
  multiplyTile(true, rows, a, rowStep, depthStep, runs, runCount, runLength, panel, panelRow, panelStep, start, startStep, startPanelStep, c, cStep, cPanelStep, columns, clamp);
}

@inline
function multiplyTile(
  isPair: bool,
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
    let c00 = v128.load(start);
    let c01 = v128.load(start, 16);
    let c10 = v128.load(start + startStep);
    let c11 = v128.load(start + startStep, 16);
    let c20 = v128.load(start + 2 * startStep);
    let c21 = v128.load(start + 2 * startStep, 16);
    let c30 = v128.load(start + 3 * startStep);
    let c31 = v128.load(start + 3 * startStep, 16);
    let c02 = f32x4.splat(0);
    let c03 = f32x4.splat(0);
    let c12 = f32x4.splat(0);
    let c13 = f32x4.splat(0);
    let c22 = f32x4.splat(0);
    let c23 = f32x4.splat(0);
    let c32 = f32x4.splat(0);
    let c33 = f32x4.splat(0);
    if (isPair) {
      let second = start + startPanelStep;
      c02 = v128.load(second);
      c03 = v128.load(second, 16);
      second += startStep;
      c12 = v128.load(second);
      c13 = v128.load(second, 16);
      second += startStep;
      c22 = v128.load(second);
      c23 = v128.load(second, 16);
      second += startStep;
      c32 = v128.load(second);
      c33 = v128.load(second, 16);
    }
    let b = panel;
    let d = panel + panelStep;
    for (let run = runs; run < runsEnd; run += 4) {
      let a0 = a + load<u32>(run);
      let a1 = a0 + step1;
      let a2 = a1 + step2;
      let a3 = a2 + step3;
      const end = b + runBytes;
      for (; b < end; b += panelRow) {
        const b0 = v128.load(b);
        const b1 = v128.load(b, 16);
        const b2 = isPair ? v128.load(d) : b0;
        const b3 = isPair ? v128.load(d, 16) : b1;
        let value = v128.load32_splat(a0);
        c00 = madd(c00, value, b0);
        c01 = madd(c01, value, b1);
        if (isPair) {
          c02 = madd(c02, value, b2);
          c03 = madd(c03, value, b3);
        }
        value = v128.load32_splat(a1);
        c10 = madd(c10, value, b0);
        c11 = madd(c11, value, b1);
        if (isPair) {
          c12 = madd(c12, value, b2);
          c13 = madd(c13, value, b3);
        }
        value = v128.load32_splat(a2);
        c20 = madd(c20, value, b0);
        c21 = madd(c21, value, b1);
        if (isPair) {
          c22 = madd(c22, value, b2);
          c23 = madd(c23, value, b3);
        }
        value = v128.load32_splat(a3);
        c30 = madd(c30, value, b0);
        c31 = madd(c31, value, b1);
        if (isPair) {
          c32 = madd(c32, value, b2);
          c33 = madd(c33, value, b3);
        }
        a0 += depthStep;
        a1 += depthStep;
        a2 += depthStep;
        a3 += depthStep;
        if (isPair) d += panelRow;
      }
    }
    storeRow(isPair, c, cPanelStep, c00, c01, c02, c03, columns, clamp);
    if (left > 1) storeRow(isPair, c + cStep, cPanelStep, c10, c11, c12, c13, columns, clamp);
    if (left > 2) storeRow(isPair, c + 2 * cStep, cPanelStep, c20, c21, c22, c23, columns, clamp);
    if (left > 3) storeRow(isPair, c + 3 * cStep, cPanelStep, c30, c31, c32, c33, columns, clamp);
    a += 4 * rowStep;
    c += 4 * cStep;
    start += 4 * startStep;
  }
}

@inline
function storeRow(
  isPair: bool,
  to: usize,
  panelStep: usize,
  c0: v128,
  c1: v128,
  c2: v128,
  c3: v128,
  columns: i32,
  clamp: usize,
): void {
  storeClamped(to, c0, c1, isPair ? LANES : columns, clamp);
  if (isPair) storeClamped(to + panelStep, c2, c3, columns - LANES, clamp);
}
