// Matrix products, the arithmetic of convolution and of dense layers, with the right-hand matrix in panels (see panels.ts).
//
// One tile (tile.ts) is 4 rows by 8 columns: 8 vector accumulators, 2 vectors of the panel and one broadcast value leave some
// of the 15 registers that V8 gives to WebAssembly on a PC, and its allocator needs them: 6 rows by 8 columns would fill them,
// are a tenth faster in a loop of their own, and spill here, a third slower.

import { madd } from './lanes';
import { LANES, PANEL_ROW } from './panels';
import { multiplyOne, multiplyTwo, wide } from './tile';

/**
 * c[m, n] = clamp(start[m, n] + Σ a[m, depth] · panels[depth, n]) for `rows` rows and the columns of `panels` panels, which
 * lie `panelStep` bytes apart, and their rows `panelRow`; by `startPanelStep` and `cPanelStep` what they start from and give.
 *
 * The depth is a list of `runs`: `runLength` values `depthStep` bytes apart, from each of the byte offsets in `runs`.
 * So the same loop reads a convolution's windows in place (a run is a row of the window, rows are pixels) and
 * multiplies by a transposed matrix (a run is a row of pixels, rows are channels). All steps are in bytes. `columns` of the
 * result are stored. `clamp` is where the least and the greatest result stand, or null: in memory, as registers are short.
 */
export function multiplyPanels(
  panels: i32,
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
  while (panels > 0) {
    const together = wide && panels > 1 ? 2 : 1;
    if (together == 2)
      multiplyTwo(
        rows,
        a,
        rowStep,
        depthStep,
        runs,
        runCount,
        runLength,
        panel,
        panelRow,
        panelStep,
        start,
        startStep,
        startPanelStep,
        c,
        cStep,
        cPanelStep,
        columns,
        clamp,
      );
    else multiplyOne(rows, a, rowStep, depthStep, runs, runCount, runLength, panel, panelRow, start, startStep, c, cStep, columns, clamp);
    panels -= together;
    panel += together * panelStep;
    start += together * startPanelStep;
    c += together * cPanelStep;
    columns -= together * LANES;
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

