import { arrowPath } from './arrowPath';
import type { Grid } from './grid';

/** More would be hairs. */
const mostAcross = 64;

/** An arrow for each cell, from its middle; the longest is as long as a cell. */
export function Arrows({ arrows, grid: { width, height } }: { arrows: Float32Array; grid: Grid }) {
  if (Math.max(width, height) > mostAcross) return null;
  return (
    <svg class="arrows" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={arrowPath(arrows, width)} />
    </svg>
  );
}
