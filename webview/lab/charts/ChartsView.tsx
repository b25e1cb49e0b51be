import * as l10n from '@vscode/l10n';
import { useMemo, useRef, useState } from 'preact/hooks';
import { mayLag } from '../../../src/core/training/validationLag';
import type { SeriesSnapshot } from '../../../src/protocol/lab';
import { lastValue, type Range } from '../../shared/chart/lines';
import { LagHint } from '../../shared/LagHint';
import { Empty, Failed, Working } from '../../shared/states';
import { useExports, useLab } from '../context';
import { host } from '../link';
import { Chart } from './Chart';
import { ChartControls } from './ChartControls';
import { type ChartsShown, chartExports } from './chartExports';
import { type ChartSpec, chartsOf } from './chartSpec';
import { LastValues } from './LastValues';
import { metrics } from './seriesByMetric';
import { useSeries } from './useSeries';
import { type Hidden, modelKey } from './visible';

export function ChartsView({ active }: { active: boolean }) {
  const { subject, options, shown } = useLab();
  const [zoom, setZoom] = useState<Range | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const [width, setWidth] = useState(0);
  const [hidden, setHidden] = useState<Hidden>(new Set());
  const { axis, smoothing } = options;

  // A zoom is a stretch of one axis; another axis shows everything first.
  const [zoomedAxis, setZoomedAxis] = useState(axis);
  if (zoomedAxis !== axis) {
    setZoomedAxis(axis);
    setZoom(null);
  }
  const [request, retry] = useSeries(
    {
      runs: subject.runs,
      axis,
      from: zoom?.[0] ?? null,
      to: zoom?.[1] ?? null,
      width: width || 1000,
      smoothing,
    },
    active,
  );
  const series = request.kind === 'ready' ? request.value : null;
  const charts = useMemo(
    () => (series ? chartsOf(series, shown, smoothing > 0, options.layout) : []),
    [series, shown, smoothing, options.layout],
  );
  const latest = useRef<ChartsShown>(null!);
  latest.current = { charts: charts.map((chart) => withoutHidden(chart, hidden)), zoom, options, shown };
  const exports = useMemo(() => chartExports(() => latest.current), []);
  useExports('charts', exports);

  if (request.kind === 'failed') {
    return (
      <Failed
        what={l10n.t("Couldn't read the run's event log.")}
        why={request.error}
        onRetry={retry}
        onShowLog={() => host.showLog()}
      />
    );
  }
  if (!series) return <Working text={l10n.t('Reading the event log…')} />;
  if (metrics.every((metric) => series[metric].every((s) => s.mark.count === 0))) {
    return (
      <Empty>
        {l10n.t('No batch has been trained yet. The first point appears here as soon as one has.')}
      </Empty>
    );
  }
  return (
    <>
      <div class={`chart-grid ${options.layout}`}>
        {charts.map(({ key, ...chart }) => (
          <Chart
            key={key}
            {...chart}
            zoom={zoom}
            onZoom={setZoom}
            at={at}
            onHover={setAt}
            onWidth={setWidth}
            hidden={hidden}
            onHide={setHidden}
          />
        ))}
      </div>
      {zoom === null && lags(series.accuracy) && <LagHint />}
      <ChartControls zoomed={zoom !== null} onResetZoom={() => setZoom(null)} />
      <LastValues series={series} visible={options.lastValues} />
    </>
  );
}

/** What is put out of sight is not exported either. */
function withoutHidden({ lines, ...chart }: ChartSpec, hidden: Hidden): ChartSpec {
  return { ...chart, lines: lines.filter((line) => !hidden.has(modelKey(line))) };
}

/** A model of which all that there is may be too early for its validation. */
function lags(accuracy: readonly SeriesSnapshot[]): boolean {
  const of = (split: SeriesSnapshot['split']) => accuracy.filter((each) => each.split === split);
  return of('validation').some((validation) => {
    const train = of('train').find(({ run, model }) => run === validation.run && model === validation.model);
    return train !== undefined && mayLag(train.mark.count, lastValue(train.raw), lastValue(validation.raw));
  });
}
