import type { Metric, RunCard, SeriesSnapshot } from '../../../src/protocol/lab';
import { type Line, linesOf } from '../../shared/chart/lines';
import { looksOf } from '../../shared/chart/palette';
import { metricLabel, modelTitle, splitLabel } from '../../shared/names';
import { metrics, type SeriesByMetric } from './seriesByMetric';

/** One chart: its lines, and those of the charts that share its y axis. */
export interface ChartSpec {
  readonly key: string;
  readonly metric: Metric;
  readonly title: string;
  readonly lines: readonly Line[];
  readonly scaleWith: readonly Line[];
}

/** The charts of a layout: one a metric, or one a metric and model; models of several runs are one where titles agree. */
export function chartsOf(
  series: SeriesByMetric,
  shown: readonly RunCard[],
  smoothed: boolean,
  layout: 'overlaid' | 'side-by-side',
): ChartSpec[] {
  const lookOf = looksOf(shown);
  const titles = titlesOf(shown);
  const title = (s: Pick<Line, 'run' | 'model'>) => titles.get(`${s.run}/${s.model}`);
  const runName = (s: SeriesSnapshot) => shown.length > 1 && shown.find(({ id }) => id === s.run)?.name;
  const label = (s: SeriesSnapshot) =>
    [runName(s), title(s), splitLabel(s.split)].filter(Boolean).join(' · ');
  return metrics.flatMap((metric) => {
    const known = series[metric].filter((s) => title(s) !== undefined);
    const lines = linesOf(known, smoothed, label, (s) => lookOf(s.run, s.model));
    const name = metricLabel(metric);
    if (layout === 'overlaid') return [{ key: metric, metric, title: name, lines, scaleWith: [] }];
    return [...new Set(lines.map(title))].map((model) => ({
      key: `${metric}/${model}`,
      metric,
      title: `${name}, ${model}`,
      lines: lines.filter((line) => title(line) === model),
      scaleWith: lines.filter((line) => title(line) !== model),
    }));
  });
}

/** Every model's title, by "run/model". */
function titlesOf(shown: readonly RunCard[]): ReadonlyMap<string, string> {
  return new Map(
    shown.flatMap(({ id, models }) => models.map((model) => [`${id}/${model.id}`, modelTitle(model)])),
  );
}
