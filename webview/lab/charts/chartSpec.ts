import type { Metric, RunCard, SeriesSnapshot } from '../../../src/protocol/lab';
import { type Line, linesOf } from '../../shared/chart/lines';
import { colorToken } from '../../shared/chart/palette';
import { metricLabel, modelLabel, splitLabel } from '../../shared/names';
import { metrics, type SeriesByMetric } from './useSeries';

/** One chart: its lines, and those of the charts that share its y axis. */
export interface ChartSpec {
  readonly key: string;
  readonly metric: Metric;
  readonly title: string;
  readonly lines: readonly Line[];
  readonly scaleWith: readonly Line[];
}

/** The charts of a layout: one a metric, or one a metric and model. */
export function chartsOf(
  series: SeriesByMetric,
  shown: readonly RunCard[],
  smoothed: boolean,
  layout: 'overlaid' | 'side-by-side',
): ChartSpec[] {
  const runIndex = (s: SeriesSnapshot) => shown.findIndex((run) => run.id === s.run);
  const label = (s: SeriesSnapshot) =>
    [shown.length > 1 && shown[runIndex(s)]?.name, modelLabel(s.model), splitLabel(s.split)]
      .filter(Boolean)
      .join(' · ');
  return metrics.flatMap((metric) => {
    const known = series[metric].filter((s) => runIndex(s) >= 0);
    const lines = linesOf(known, smoothed, label, (s) => colorToken(s.model, runIndex(s)));
    const title = metricLabel(metric);
    if (layout === 'overlaid') return [{ key: metric, metric, title, lines, scaleWith: [] }];
    return [...new Set(lines.map((line) => line.model))].map((model) => ({
      key: `${metric}/${model}`,
      metric,
      title: `${title}, ${modelLabel(model)}`,
      lines: lines.filter((line) => line.model === model),
      scaleWith: lines.filter((line) => line.model !== model),
    }));
  });
}
