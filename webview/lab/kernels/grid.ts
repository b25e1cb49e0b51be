/** A grid of rows and columns that covers a picture, and a place in one. */
export interface Grid {
  readonly height: number;
  readonly width: number;
}
export interface Position {
  readonly row: number;
  readonly column: number;
}

/** The cell of `to` that holds the middle of a cell of `from`: both cover the same picture. */
export function mapPosition({ row, column }: Position, from: Grid, to: Grid): Position {
  return {
    row: Math.min(to.height - 1, Math.floor(((row + 0.5) * to.height) / from.height)),
    column: Math.min(to.width - 1, Math.floor(((column + 0.5) * to.width) / from.width)),
  };
}

/** The cell under a point of a box of `width` × `height` that the grid fills. */
export function positionAt(x: number, y: number, box: Grid, grid: Grid): Position {
  const inside = (value: number, end: number) => Math.max(0, Math.min(end - 1, Math.floor(value)));
  return {
    row: inside((y / box.height) * grid.height, grid.height),
    column: inside((x / box.width) * grid.width, grid.width),
  };
}

/** Where a key leads from a cell; null for keys that lead nowhere. */
export function moved({ row, column }: Position, key: string, grid: Grid): Position | null {
  const page = Math.max(1, Math.round(grid.height / 8));
  const steps: Record<string, [number, number]> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    PageUp: [-page, 0],
    PageDown: [page, 0],
    Home: [0, -grid.width],
    End: [0, grid.width],
  };
  const step = steps[key];
  if (!step) return null;
  return {
    row: Math.max(0, Math.min(grid.height - 1, row + step[0])),
    column: Math.max(0, Math.min(grid.width - 1, column + step[1])),
  };
}

/** The box of a cell, in per cent of the picture. */
export function cellBox({ row, column }: Position, grid: Grid) {
  return {
    left: `${(100 * column) / grid.width}%`,
    top: `${(100 * row) / grid.height}%`,
    width: `${100 / grid.width}%`,
    height: `${100 / grid.height}%`,
  };
}
