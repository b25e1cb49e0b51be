/**
 * Sums rows start … end − 1 of a matrix with `columns` columns. The sums of the chunk that begins at row `start` go to
 * row start / grain of `sums`.
 */
export function columnSums(start: i32, end: i32, matrix: usize, columns: i32, sums: usize, grain: i32): void {
  const bytes = <usize>columns << 2;
  const to = sums + <usize>(start / grain) * bytes;
  const vectorEnd = bytes & ~15;
  memory.fill(to, 0, bytes);
  let from = matrix + <usize>start * bytes;
  for (let row = start; row < end; row++, from += bytes) {
    let i: usize = 0;
    for (; i < vectorEnd; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
    for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(to + i) + load<f32>(from + i));
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
