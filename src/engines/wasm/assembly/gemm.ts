// Matrix products, the arithmetic of convolution and of dense layers.
//
// The right-hand matrix is kept in *panels* of 8 columns, [panel][depth][8], columns beyond the last filled with
// zeros; a panel begins with 8 lanes of bias. One tile is 6 rows by 8 columns: 12 vector accumulators, 2 vectors of
// the panel and one broadcast value fill the 15 registers that V8 gives to WebAssembly on a PC, and no more: a
// larger tile spills. The last rows are done in tiles of 4 where that leaves fewer of them empty.

import { loadLanes, madd, storeLanes } from './lanes';

/** Columns of a panel. */
export const LANES: i32 = 8;

/** Bytes of a panel's row. */
export const PANEL_ROW: usize = 32;

/**
 * c[m, 0…7] = clamp(start[m] + Σ a[m, depth] · panel[depth, 0…7]) for `rows` rows, some at a time.
 *
 * The depth is a list of `runs`: `runLength` values `depthStep` bytes apart, from each of the byte offsets in `runs`.
 * So the same loop reads a convolution's windows in place (a run is a row of the window, rows are pixels) and
 * multiplies by a transposed matrix (a run is a row of pixels, rows are channels). All steps are in bytes.
 */
export function multiply(
  rows: i32,
  a: usize,
  rowStep: usize,
  depthStep: usize,
  runs: usize,
  runCount: i32,
  runLength: i32,
  panel: usize,
  start: usize,
  startStep: usize,
  c: usize,
  cStep: usize,
  columns: i32,
  lower: f32,
  upper: f32,
): void {
  const runsEnd = runs + (<usize>runCount << 2);
  const runBytes = <usize>runLength * PANEL_ROW;
  for (let left = rows; left > 0; ) {
    // 8 = 4 + 4, 7 = 4 + 3 and up to 4 are done in fours: in sixes they would leave more rows empty.
    const inSixes = left > 8 || left == 6 || left == 5;
    if (inSixes)
      sixRows(left, a, rowStep, depthStep, runs, runsEnd, runBytes, panel, start, startStep, c, cStep, columns, lower, upper);
    else
      fourRows(left, a, rowStep, depthStep, runs, runsEnd, runBytes, panel, start, startStep, c, cStep, columns, lower, upper);
    const done = inSixes ? 6 : 4;
    left -= done;
    a += done * rowStep;
    c += done * cStep;
    start += done * startStep;
  }
}

@inline
function sixRows(
  left: i32,
  a: usize,
  rowStep: usize,
  depthStep: usize,
  runs: usize,
  runsEnd: usize,
  runBytes: usize,
  b: usize,
  start: usize,
  startStep: usize,
  c: usize,
  cStep: usize,
  columns: i32,
  lower: f32,
  upper: f32,
): void {
  const step4 = left > 4 ? rowStep : 0;
  const step5 = left > 5 ? rowStep : 0;
  let c00 = v128.load(start);
  let c01 = v128.load(start, 16);
  start += startStep;
  let c10 = v128.load(start);
  let c11 = v128.load(start, 16);
  start += startStep;
  let c20 = v128.load(start);
  let c21 = v128.load(start, 16);
  start += startStep;
  let c30 = v128.load(start);
  let c31 = v128.load(start, 16);
  start += startStep;
  let c40 = v128.load(start);
  let c41 = v128.load(start, 16);
  start += startStep;
  let c50 = v128.load(start);
  let c51 = v128.load(start, 16);
  for (let run = runs; run < runsEnd; run += 4) {
    let a0 = a + load<u32>(run);
    let a1 = a0 + rowStep;
    let a2 = a1 + rowStep;
    let a3 = a2 + rowStep;
    let a4 = a3 + step4;
    let a5 = a4 + step5;
    const end = b + runBytes;
    for (; b < end; b += PANEL_ROW) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let value = v128.load32_splat(a0);
      c00 = madd(c00, value, b0);
      c01 = madd(c01, value, b1);
      value = v128.load32_splat(a1);
      c10 = madd(c10, value, b0);
      c11 = madd(c11, value, b1);
      value = v128.load32_splat(a2);
      c20 = madd(c20, value, b0);
      c21 = madd(c21, value, b1);
      value = v128.load32_splat(a3);
      c30 = madd(c30, value, b0);
      c31 = madd(c31, value, b1);
      value = v128.load32_splat(a4);
      c40 = madd(c40, value, b0);
      c41 = madd(c41, value, b1);
      value = v128.load32_splat(a5);
      c50 = madd(c50, value, b0);
      c51 = madd(c51, value, b1);
      a0 += depthStep;
      a1 += depthStep;
      a2 += depthStep;
      a3 += depthStep;
      a4 += depthStep;
      a5 += depthStep;
    }
  }
  storeClamped(c, c00, c01, columns, lower, upper);
  c += cStep;
  storeClamped(c, c10, c11, columns, lower, upper);
  c += cStep;
  storeClamped(c, c20, c21, columns, lower, upper);
  c += cStep;
  storeClamped(c, c30, c31, columns, lower, upper);
  c += cStep;
  if (left > 4) storeClamped(c, c40, c41, columns, lower, upper);
  c += cStep;
  if (left > 5) storeClamped(c, c50, c51, columns, lower, upper);
}

@inline
function fourRows(
  left: i32,
  a: usize,
  rowStep: usize,
  depthStep: usize,
  runs: usize,
  runsEnd: usize,
  runBytes: usize,
  b: usize,
  start: usize,
  startStep: usize,
  c: usize,
  cStep: usize,
  columns: i32,
  lower: f32,
  upper: f32,
): void {
  const step1 = left > 1 ? rowStep : 0;
  const step2 = left > 2 ? rowStep : 0;
  const step3 = left > 3 ? rowStep : 0;
  let c00 = v128.load(start);
  let c01 = v128.load(start, 16);
  start += startStep;
  let c10 = v128.load(start);
  let c11 = v128.load(start, 16);
  start += startStep;
  let c20 = v128.load(start);
  let c21 = v128.load(start, 16);
  start += startStep;
  let c30 = v128.load(start);
  let c31 = v128.load(start, 16);
  for (let run = runs; run < runsEnd; run += 4) {
    let a0 = a + load<u32>(run);
    let a1 = a0 + step1;
    let a2 = a1 + step2;
    let a3 = a2 + step3;
    const end = b + runBytes;
    for (; b < end; b += PANEL_ROW) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let value = v128.load32_splat(a0);
      c00 = madd(c00, value, b0);
      c01 = madd(c01, value, b1);
      value = v128.load32_splat(a1);
      c10 = madd(c10, value, b0);
      c11 = madd(c11, value, b1);
      value = v128.load32_splat(a2);
      c20 = madd(c20, value, b0);
      c21 = madd(c21, value, b1);
      value = v128.load32_splat(a3);
      c30 = madd(c30, value, b0);
      c31 = madd(c31, value, b1);
      a0 += depthStep;
      a1 += depthStep;
      a2 += depthStep;
      a3 += depthStep;
    }
  }
  storeClamped(c, c00, c01, columns, lower, upper);
  c += cStep;
  if (left > 1) storeClamped(c, c10, c11, columns, lower, upper);
  c += cStep;
  if (left > 2) storeClamped(c, c20, c21, columns, lower, upper);
  c += cStep;
  if (left > 3) storeClamped(c, c30, c31, columns, lower, upper);
}

@inline
function storeClamped(to: usize, low: v128, high: v128, columns: i32, lower: f32, upper: f32): void {
  const atLeast = f32x4.splat(lower);
  const atMost = f32x4.splat(upper);
  low = f32x4.min(f32x4.max(low, atLeast), atMost);
  high = f32x4.min(f32x4.max(high, atLeast), atMost);
  if (columns >= LANES) {
    v128.store(to, low);
    v128.store(to, high, 16);
  } else {
    storeColumns(to, low, high, columns);
  }
}

/** Stores the first `columns` of eight lanes. */
@inline
export function storeColumns(to: usize, low: v128, high: v128, columns: i32): void {
  storeLanes(to, low, min(columns, 4));
  if (columns > 4) storeLanes(to + 16, high, min(columns - 4, 4));
}

/**
 * Packs panels start … end − 1 of a matrix whose depth runs over three nested axes of counts n0, n1, n2.
 * Steps are in values and may be negative. `bias` may be null.
 */
export function packPanels(
  start: i32,
  end: i32,
  matrix: usize,
  bias: usize,
  panels: usize,
  columns: i32,
  columnStep: i32,
  n0: i32,
  step0: i32,
  n1: i32,
  step1: i32,
  n2: i32,
  step2: i32,
): void {
  const panelBytes = <usize>(1 + n0 * n1 * n2) * PANEL_ROW;
  for (let panel = start; panel < end; panel++) {
    const first = panel * LANES;
    const count = min(LANES, columns - first);
    let to = panels + <usize>panel * panelBytes;
    packRow(to, bias + (<usize>first << 2), 4, bias ? count : 0);
    const column = matrix + ((first * columnStep) << 2);
    for (let i0 = 0; i0 < n0; i0++) {
      for (let i1 = 0; i1 < n1; i1++) {
        let from = column + ((i0 * step0 + i1 * step1) << 2);
        for (let i2 = 0; i2 < n2; i2++) {
          to += PANEL_ROW;
          packRow(to, from, columnStep << 2, count);
          from += step2 << 2;
        }
      }
    }
  }
}

@inline
function packRow(to: usize, from: usize, step: usize, count: i32): void {
  if (step == 4) {
    packColumns(to, from, count);
  } else {
    for (let lane = 0; lane < LANES; lane++) {
      store<f32>(to + (<usize>lane << 2), lane < count ? load<f32>(from + <usize>lane * step) : 0);
    }
  }
}

/** A row of a panel from the next `count` values. */
@inline
export function packColumns(to: usize, from: usize, count: i32): void {
  v128.store(to, count > 0 ? loadLanes(from, min(count, 4)) : i32x4.splat(0));
  v128.store(to, count > 4 ? loadLanes(from + 16, min(count - 4, 4)) : i32x4.splat(0), 16);
}
