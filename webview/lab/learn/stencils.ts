import type { Grid, Position } from '../kernels/grid';

/** The kernels of a layer's first group, one per position: K·K weights, row by row. */
export interface Stencils extends Grid {
  readonly kernelSize: number;
  readonly all: readonly Float32Array[];
}

/** @param rows each width · K·K · groups weights, as the worker gives them. */
export function stencilsOf(
  rows: readonly Float32Array[],
  { kernelSize, width, groups }: { kernelSize: number; width: number; groups: number },
): Stencils {
  const taps = kernelSize ** 2;
  const all = rows.flatMap((row) =>
    Array.from({ length: width }, (_, column) =>
      Float32Array.from({ length: taps }, (_, tap) => row[(column * taps + tap) * groups]!),
    ),
  );
  return { kernelSize, width, height: rows.length, all };
}

export const stencilAt = ({ all, width }: Stencils, { row, column }: Position): Float32Array =>
  all[row * width + column]!;

/** By how much of the larger one two kernels differ: ‖a − b‖ / max(‖a‖, ‖b‖), 0 for two that are all zeros. */
export function difference(a: Float32Array, b: Float32Array): number {
  let [apart, first, second] = [0, 0, 0];
  for (let tap = 0; tap < a.length; tap++) {
    apart += (a[tap]! - b[tap]!) ** 2;
    first += a[tap]! ** 2;
    second += b[tap]! ** 2;
  }
  return apart === 0 ? 0 : Math.sqrt(apart / Math.max(first, second));
}

/** The weight that is largest in size. */
export const strongest = (stencil: Float32Array): number =>
  stencil.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);

/** How far apart two positions are, in columns or rows, whichever is more. */
export const distance = (a: Position, b: Position): number =>
  Math.max(Math.abs(a.row - b.row), Math.abs(a.column - b.column));

export const positionsOf = ({ width, height }: Grid): Position[] =>
  Array.from({ length: width * height }, (_, i) => ({ row: Math.floor(i / width), column: i % width }));

/** Of the positions that come into question (by default all) the share at which an answer is found. */
export function shareOf(
  stencils: Stencils,
  isAnswer: (position: Position) => boolean,
  isMeant: (position: Position) => boolean = () => true,
): number {
  const meant = positionsOf(stencils).filter(isMeant);
  return meant.length === 0 ? 0 : meant.filter(isAnswer).length / meant.length;
}

/** So many positions across and down are tried as the one to mark. */
const triedAcross = 8;
/** Of the strongest kernel of the layer: with less, a kernel does next to nothing, and any other differs from it. */
const noticeable = 0.25;

/** Positions that a question may speak of: the middle, then a coarse grid; last those whose kernels do next to nothing. */
export function marksOf(stencils: Stencils): Position[] {
  const { width, height, all } = stencils;
  const places = (end: number) =>
    Array.from({ length: triedAcross }, (_, i) => Math.floor(((i + 0.5) * end) / triedAcross));
  const least = noticeable * all.reduce((most, stencil) => Math.max(most, strongest(stencil)), 0);
  const marks = [
    { row: height >> 1, column: width >> 1 },
    ...places(height).flatMap((row) => places(width).map((column) => ({ row, column }))),
  ];
  const isStrong = (mark: Position) => strongest(stencilAt(stencils, mark)) >= least;
  return [...marks.filter(isStrong), ...marks.filter((mark) => !isStrong(mark))];
}
