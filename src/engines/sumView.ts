import { backend_util, type MeanAttrs, type SumAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';

/** A tensor as `groups` matrices whose rows are summed, and the shape of the sums. */
export interface SumView {
  groups: number;
  rows: number;
  columns: number;
  shape: number[];
}

/** Null where the axes aren't neighbours, the last one is of them, or the values are no floats. */
export function sumViewOf(
  { shape, dtype }: TensorInfo,
  { axis, keepDims }: SumAttrs | MeanAttrs,
): SumView | null {
  const axes = util.parseAxisParam(axis, shape).sort((a, b) => a - b);
  const first = axes[0] ?? 0;
  const end = first + axes.length;
  const areNeighbours = axes.every((axis, i) => axis === first + i) && end < shape.length;
  if (!areNeighbours || dtype !== 'float32' || util.sizeFromShape(shape) === 0) return null;
  const kept = [...shape.slice(0, first), ...shape.slice(end)];
  return {
    groups: util.sizeFromShape(shape.slice(0, first)),
    rows: util.sizeFromShape(shape.slice(first, end)),
    columns: util.sizeFromShape(shape.slice(end)),
    shape: keepDims ? backend_util.expandShapeToKeepDim(kept, axes) : kept,
  };
}
