import type { ModelId } from '../../../src/core/network/model';
import { lowerBound } from '../../../src/core/runs/series';
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
 * Each series as a line, in the order in which they are drawn. Training is drawn smoothed, with its raw values as a faint
 * line below; validation above all, as it is: it has one point an epoch, and no noise between batches to smooth away.
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
  const train = lines.filter(({ split }) => split === 'train');
  const validation = lines.filter(({ split }) => split === 'validation');
  if (!smoothed) return [...train, ...validation];
  const raw = series.flatMap((s, i) =>
    s.split === 'train' ? [{ ...lines[i]!, id: `${lines[i]!.id}/raw`, y: s.raw, faint: true }] : [],
  );
  return [...raw, ...train, ...validation];
}

/** Whether a value has a place on the y axis. */
export const drawable = (y: number, logY: boolean): boolean => Number.isFinite(y) && (!logY || y > 0);

/** A validation line of few points shows them; any line of one point would be invisible without. */
const mostPointsShown = 60;
export function showsPoints({ y, split, faint }: Line, logY: boolean): boolean {
  if (faint || (split === 'train' && y.length > mostPointsShown)) return false;
  const count = y.reduce((n, value) => n + Number(drawable(value, logY)), 0);
  return count <= (split === 'validation' ? mostPointsShown : 1);
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
      if (x[i]! < within[0] || x[i]! > within[1] || !drawable(value, log)) continue;
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
  const split = lowerBound(x, at);
  let [left, right] = [split - 1, split];
  while (left >= 0 && !Number.isFinite(y[left])) left--;
  while (right < x.length && !Number.isFinite(y[right])) right++;
  if (left < 0) return right < x.length ? right : -1;
  if (right >= x.length) return left;
  return at - x[left]! <= x[right]! - at ? left : right;
}

/** Where so many points along from `at` lead, over the points of all lines; from nowhere: from the last. Null: no points. */
export function stepAlong(lines: readonly Line[], at: number | null, steps: number): number | null {
  const extent = extentX(lines, false);
  if (!extent) return null;
  let place = at ?? extent[1];
  for (let i = 0; i < Math.abs(steps); i++) {
    const next = lines.map(({ x }) =>
      steps > 0
        ? (x[lowerBound(x, place, true)] ?? Number.POSITIVE_INFINITY)
        : (x[lowerBound(x, place) - 1] ?? Number.NEGATIVE_INFINITY),
    );
    const nearest = steps > 0 ? Math.min(...next) : Math.max(...next);
    if (!Number.isFinite(nearest)) break;
    place = nearest;
  }
  return place;
}

/** The last finite value of a line; null when there is none. */
export function lastValue(y: Float32Array): number | null {
  for (let i = y.length - 1; i >= 0; i--) if (Number.isFinite(y[i])) return y[i]!;
  return null;
}
