import { extentX, extentY, type Line, padded, type Range } from './lines';

/** All of the x axis: at least so much that three whole numbers are on it, as it counts batches or epochs. */
export function wholeX(lines: readonly Line[], log: boolean): Range {
  const extent = extentX(lines, log);
  if (!extent) return log ? [1, 10] : [0, 1];
  const [min, max] = extent;
  if (min < max) return [min, Math.max(max, min + 2)];
  return log ? [min / 2, max * 2] : [min - 1, max + 1];
}

/**
 * The x axis of a chart that grows to the right: as it was while all fits, then with room for an eighth more, so that new
 * points need not move those that are drawn.
 */
export function withRoom(whole: Range, before: Range | null): Range {
  if (!before || before[0] !== whole[0]) return whole;
  const roomy = whole[1] + (whole[1] - whole[0]) / 8;
  if (whole[1] > before[1]) return [whole[0], roomy];
  return roomy < before[1] ? whole : before;
}

/** The y axis for these lines within a stretch of the x axis, with some air; as it was, while all is in it and fills it. */
export function rangeY(
  lines: readonly Line[],
  within: Range,
  log: boolean,
  limits: Range,
  before: Range | null,
): Range {
  const extent = extentY(lines, within, log);
  if (!extent) return log ? [0.1, 1] : [0, 1];
  const whole = padded(extent, log, limits);
  if (!before || extent[0] < before[0] || extent[1] > before[1]) return whole;
  return whole[0] > before[0] || whole[1] < before[1] ? whole : before;
}
