// The right-hand matrix of a product is kept in *panels* of 8 columns, [panel][depth][8], columns beyond the last filled with
// zeros; a panel begins with 8 lanes of bias.

import { loadLanes, storeLanes } from './lanes';

/** Columns of a panel. */
export const LANES: i32 = 8;

/** Bytes of a panel's row. */
export const PANEL_ROW: usize = 32;

/** Stores the first `columns` of eight lanes, between the two values that `clamp` points to, if it does. */
@inline
export function storeClamped(to: usize, low: v128, high: v128, columns: i32, clamp: usize): void {
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
