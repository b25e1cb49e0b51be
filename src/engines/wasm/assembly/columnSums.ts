import { loadLanes, storeLanes } from './lanes';

/**
 * Sums rows start … end − 1 of a matrix with `columns` columns. The sums of the chunk that begins at row `start` go to
 * row start / grain of `sums`. As many columns at a time as registers hold, each added up row by row.
 */
export function columnSums(start: i32, end: i32, matrix: usize, columns: i32, sums: usize, grain: i32): void {
  const bytes = <usize>columns << 2;
  const first = matrix + <usize>start * bytes;
  const last = matrix + <usize>end * bytes;
  const to = sums + <usize>(start / grain) * bytes;
  let i: usize = 0;
  for (; i + 128 <= bytes; i += 128) {
    let sum0 = i32x4.splat(0);
    let sum1 = i32x4.splat(0);
    let sum2 = i32x4.splat(0);
    let sum3 = i32x4.splat(0);
    let sum4 = i32x4.splat(0);
    let sum5 = i32x4.splat(0);
    let sum6 = i32x4.splat(0);
    let sum7 = i32x4.splat(0);
    for (let from = first + i; from < last; from += bytes) {
      sum0 = f32x4.add(sum0, v128.load(from));
      sum1 = f32x4.add(sum1, v128.load(from, 16));
      sum2 = f32x4.add(sum2, v128.load(from, 32));
      sum3 = f32x4.add(sum3, v128.load(from, 48));
      sum4 = f32x4.add(sum4, v128.load(from, 64));
      sum5 = f32x4.add(sum5, v128.load(from, 80));
      sum6 = f32x4.add(sum6, v128.load(from, 96));
      sum7 = f32x4.add(sum7, v128.load(from, 112));
    }
    v128.store(to + i, sum0);
    v128.store(to + i, sum1, 16);
    v128.store(to + i, sum2, 32);
    v128.store(to + i, sum3, 48);
    v128.store(to + i, sum4, 64);
    v128.store(to + i, sum5, 80);
    v128.store(to + i, sum6, 96);
    v128.store(to + i, sum7, 112);
  }
  for (; i < bytes; i += 16) {
    const lanes = min(4, <i32>((bytes - i) >> 2));
    let sum = i32x4.splat(0);
    for (let from = first + i; from < last; from += bytes) sum = f32x4.add(sum, loadLanes(from, lanes));
    storeLanes(to + i, sum, lanes);
  }
}

/** Sums each `rows` rows of a matrix, one behind the other. An item is one of the sums. */
export function groupedColumnSums(
  start: i32,
  end: i32,
  matrix: usize,
  rows: i32,
  columns: i32,
  sums: usize,
): void {
  for (let group = start; group < end; group++)
    columnSums(group * rows, (group + 1) * rows, matrix, columns, sums, rows);
}
