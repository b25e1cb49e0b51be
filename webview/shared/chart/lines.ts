import type { ModelId } from '../../../src/core/network/model';
import type { SeriesSnapshot, SplitName } from '../../../src/protocol/lab';
import type { Look } from './palette';

/** One drawn line. */
export interface Line {
  readonly id: string;
  readonly label: string;
  readonly run: string;
  readonly model: ModelId;
  readonly split: SplitName;
  /** Theme token, without `--vscode-`. */
  readonly color: string;
  /** Lengths of strokes and gaps; none: solid. */
  readonly dash: readonly number[];
  readonly x: Float64Array;
  readonly y: Float32Array;
  /** The raw values behind a smoothed line. */
  readonly faint: boolean;
}

export function lineId(s: Pick<SeriesSnapshot, 'run' | 'model' | 'split'>): string {
  return `${s.run}/${s.model}/${s.split}`;
}

/**
 * Each series as a line. Training is drawn smoothed, with its raw values as a faint line below; validation as it is: it
 * has one point an epoch, and no noise between batches to smooth away.
 */
export function linesOf(
  series: readonly SeriesSnapshot[],
  smoothed: boolean,
  label: (s: SeriesSnapshot) => string,
  look: (s: SeriesSnapshot) => Look,
): Line[] {
  const lines = series.map((s): Line => {
    const { run, model, split, x } = s;
    const y = smoothed && split === 'train' ? s.smooth : s.raw;
    const { color, dash } = look(s);
    return {
      id: lineId(s),
      label: label(s),
      run,
      model,
      split,
      color,
      dash: dash[split],
      x,
      y,
      faint: false,
    };
  });
  if (!smoothed) return lines;
  const raw = series.flatMap((s, i) =>
    s.split === 'train' ? [{ ...lines[i]!, id: `${lines[i]!.id}/raw`, y: s.raw, faint: true }] : [],
  );
  return [...raw, ...lines];
}

export type Range = readonly [min: number, max: number];

/** Smallest and largest x over all lines; positive ones only on a logarithmic axis. */
export function extentX(lines: readonly Line[], log: boolean): Range | null {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { x } of lines) {
    const first = log ? x.find((value) => value > 0) : x[0];
    const last = x[x.length - 1];
    if (first === undefined || last === undefined) continue;
    min = Math.min(min, first);
    max = Math.max(max, last);
  }
  return min <= max ? [min, max] : null;
}

/** Smallest and largest finite y of what lies inside `within`; positive values only on a logarithmic axis. */
export function extentY(lines: readonly Line[], within: Range, log: boolean): Range | null {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { x, y } of lines) {
    for (let i = 0; i < x.length; i++) {
      const value = y[i]!;
      if (x[i]! < within[0] || x[i]! > within[1] || !Number.isFinite(value) || (log && value <= 0)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return min <= max ? [min, max] : null;
}

/** Some air around the values; accuracy never leaves [0, 1], and a loss axis does not go below zero for nothing. */
export function padded([min, max]: Range, log: boolean, hard: Range): Range {
  if (log) return min === max ? [min / 2, max * 2] : [min / (max / min) ** 0.05, max * (max / min) ** 0.05];
  const air = (max - min || Math.abs(max) || 1) * 0.06;
  return [Math.max(hard[0], min - air), Math.min(hard[1], max + air)];
}

/** Index of the point nearest to `at` whose value is finite; -1 when there is none. x ascends. */
export function nearestPoint(x: Float64Array, y: Float32Array, at: number): number {
  let [low, high] = [0, x.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! < at) low = middle + 1;
    else high = middle;
  }
  let [left, right] = [low - 1, low];
  while (left >= 0 && !Number.isFinite(y[left])) left--;
  while (right < x.length && !Number.isFinite(y[right])) right++;
  if (left < 0) return right < x.length ? right : -1;
  if (right >= x.length) return left;
  return at - x[left]! <= x[right]! - at ? left : right;
}

/** The last finite value of a line; null when there is none. */
export function lastValue(y: Float32Array): number | null {
  for (let i = y.length - 1; i >= 0; i--) if (Number.isFinite(y[i])) return y[i]!;
  return null;
}
