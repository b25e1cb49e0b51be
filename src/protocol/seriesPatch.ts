import { lowerBound } from '../core/runs/series';
import type { SeriesMark, SeriesName, SeriesPatch, SeriesSnapshot } from './lab';

export const seriesKey = ({ run, model, split, metric }: SeriesName): string =>
  [run, model, split, metric].join('/');

/** The marks of these series, for the next request. */
export const marksOf = (series: readonly SeriesSnapshot[]): Record<string, SeriesMark> =>
  Object.fromEntries(series.map((each) => [seriesKey(each), each.mark]));

/** The series after an answer to a request that had their marks. One that has nothing new is the very same object. */
export function patched(known: readonly SeriesSnapshot[], answer: readonly SeriesPatch[]): SeriesSnapshot[] {
  const old = new Map(known.map((each) => [seriesKey(each), each]));
  return answer.map(({ begin, ...end }) => {
    const before = begin === null ? undefined : old.get(seriesKey(end));
    if (begin === null || !before) return end;
    if (before.mark.count === end.mark.count) return before;
    const kept = lowerBound(before.x, begin);
    return {
      ...end,
      x: joined(Float64Array, before.x.subarray(0, kept), end.x),
      raw: joined(Float32Array, before.raw.subarray(0, kept), end.raw),
      smooth: joined(Float32Array, before.smooth.subarray(0, kept), end.smooth),
    };
  });
}

function joined<T extends Float64Array | Float32Array>(type: new (length: number) => T, head: T, tail: T): T {
  const whole = new type(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
