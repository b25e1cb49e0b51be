// Matrix products, the arithmetic of convolution and of dense layers.
//
// The right-hand matrix is kept in *panels* of 8 columns, [panel][depth][8], columns beyond the last filled with
// zeros; a panel begins with 8 lanes of bias. One tile is 4 rows by 8 columns: 8 vector accumulators, 2 vectors of the panel and
// one broadcast value leave some of the 15 registers that V8 gives to WebAssembly on a PC, and its allocator needs them:
// 6 rows by 8 columns would fill them, are a tenth faster in a loop of their own, and spill here, a third slower.

import { loadLanes, madd, storeLanes } from './lanes';

/** Columns of a panel. */
export const LANES: i32 = 8;

/** Bytes of a panel's row. */
export const PANEL_ROW: usize = 32;

/**
 * c[m, 0…7] = clamp(start[m] + Σ a[m, depth] · panel[depth, 0…7]) for `rows` rows, four at a time.
 *
 * The depth is a list of `runs`: `runLength` values `depthStep` bytes apart, from each of the byte offsets in `runs`.
 * So the same loop reads a convolution's windows in place (a run is a row of the window, rows are pixels) and
 * multiplies by a transposed matrix (a run is a row of pixels, rows are channels). All steps are in bytes. `clamp` is
 * where the least and the greatest result stand, or null: in memory, as registers are short.
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
  clamp: usize,
): void {
  const runsEnd = runs + (<usize>runCount << 2);
  const runBytes = <usize>runLength * PANEL_ROW;
  for (let left = rows; left > 0; left -= 4) {
    // Rows beyond the last repeat it; they are not stored.
    const step1 = left > 1 ? rowStep : 0;
    const step2 = left > 2 ? rowStep : 0;
    const step3 = left > 3 ? rowStep : 0;
    let from = start;
    let c00 = v128.load(from);
    let c01 = v128.load(from, 16);
    from += startStep;
    let c10 = v128.load(from);
    let c11 = v128.load(from, 16);
    from += startStep;
    let c20 = v128.load(from);
    let c21 = v128.load(from, 16);
    from += startStep;
    let c30 = v128.load(from);
    let c31 = v128.load(from, 16);
    let b = panel;
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
    storeClamped(c, c00, c01, columns, clamp);
    if (left > 1) storeClamped(c + cStep, c10, c11, columns, clamp);
    if (left > 2) storeClamped(c + 2 * cStep, c20, c21, columns, clamp);
    if (left > 3) storeClamped(c + 3 * cStep, c30, c31, columns, clamp);
    a += 4 * rowStep;
    c += 4 * cStep;
    start += 4 * startStep;
  }
}

/**
 * c[m, 0…7] = start[0…7] + Σ a[m, depth] · panel[depth, 0…7], whose depth is one run of consecutive values, for rows in
 * sixes: 12 of the 15 vector registers that V8 has hold sums. Two rows more at the end are left to multiply.
 * @returns how many rows were done
 */
export function multiplySixes(
  rows: i32,
  a: usize,
  rowStep: usize,
  depth: i32,
  panel: usize,
  start: usize,
  c: usize,
  cStep: usize,
): i32 {
  const end = panel + <usize>depth * PANEL_ROW;
  const least = rows % 6 == 1 || rows % 6 == 2 ? 12 : 6;
  let left = rows;
  for (; left >= least; left -= 6) {
    let c00 = v128.load(start);
    let c01 = v128.load(start, 16);
    let c10 = v128.load(start);
    let c11 = v128.load(start, 16);
    let c20 = v128.load(start);
    let c21 = v128.load(start, 16);
    let c30 = v128.load(start);
    let c31 = v128.load(start, 16);
    let c40 = v128.load(start);
    let c41 = v128.load(start, 16);
    let c50 = v128.load(start);
    let c51 = v128.load(start, 16);
    let a0 = a;
    let a1 = a0 + rowStep;
    let a2 = a1 + rowStep;
    let a3 = a2 + rowStep;
    let a4 = a3 + rowStep;
    let a5 = a4 + rowStep;
    for (let b = panel; b < end; b += PANEL_ROW) {
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
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      a4 += 4;
      a5 += 4;
    }
    v128.store(c, c00);
    v128.store(c, c01, 16);
    c += cStep;
    v128.store(c, c10);
    v128.store(c, c11, 16);
    c += cStep;
    v128.store(c, c20);
    v128.store(c, c21, 16);
    c += cStep;
    v128.store(c, c30);
    v128.store(c, c31, 16);
    c += cStep;
    v128.store(c, c40);
    v128.store(c, c41, 16);
    c += cStep;
    v128.store(c, c50);
    v128.store(c, c51, 16);
    a += 6 * rowStep;
    c += cStep;
  }
  return rows - left;
}

@inline
function storeClamped(to: usize, low: v128, high: v128, columns: i32, clamp: usize): void {
  if (clamp) {
    const atLeast = v128.load32_splat(clamp);
    const atMost = v128.load32_splat(clamp, 4);
    low = f32x4.min(f32x4.max(low, atLeast), atMost);
    high = f32x4.min(f32x4.max(high, atLeast), atMost);
  }
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
export function packRow(to: usize, from: usize, step: usize, count: i32): void {
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
