import * as l10n from '@vscode/l10n';
import { useMemo } from 'preact/hooks';
import type { Metric, StepAxis } from '../../../src/protocol/lab';
import { extentX, type Line, type Range } from '../../shared/chart/lines';
import { Plot } from '../../shared/chart/Plot';
import { lookAt } from '../../shared/chart/palette';
import { Swatch } from '../../shared/chart/Swatch';
import { decimal, integer, metric as metricText } from '../../shared/format';
import { metricLabel, modelTitle, splitLabel } from '../../shared/names';
import { useLab } from '../context';
import { type Reading, readingsAt } from './readout';

export const limitsOf: Record<Metric, Range> = { loss: [0, Number.POSITIVE_INFINITY], accuracy: [0, 1] };

/** How the splits are told apart, whatever the model. */
const plain = lookAt(0).dash;

interface ChartProps {
  title: string;
  metric: Metric;
  lines: readonly Line[];
  /** The lines beside these that share the y axis. */
  scaleWith: readonly Line[];
  zoom: Range | null;
  onZoom: (zoom: Range | null) => void;
  /** Where the crosshair is that all charts share; null: nowhere. */
  at: number | null;
  onHover: (x: number | null) => void;
  onWidth: (width: number) => void;
}

/** One plot and the line below it that reads its values: at the crosshair, else the last ones. */
export function Chart({ title, metric, lines, scaleWith, zoom, onZoom, at, onHover, onWidth }: ChartProps) {
  const { options, shown } = useLab();
  const readings = useMemo(() => readingsAt(lines, at), [lines, at]);
  const label = (reading: Reading) => {
    const run = shown.find(({ id }) => id === reading.run);
    const card = run?.models.find(({ id }) => id === reading.model);
    const title = card ? modelTitle(card) : reading.model;
    return shown.length === 1 ? title : `${run?.name ?? reading.run} · ${title}`;
  };
  const last = extentX(lines, false)?.[1] ?? null;
  const place = placeText(options.axis, at ?? last);
  const words = readings.map((reading) => `${label(reading)} ${valuesText(reading)}`).join('; ');
  return (
    <figure class="chart">
      <figcaption class="line">
        <span>{title}</span>
        <span class="splits quiet" aria-hidden="true">
          <Swatch color="foreground" dash={plain.train} /> {splitLabel('train')}{' '}
          <Swatch color="foreground" dash={plain.validation} /> {splitLabel('validation')}
        </span>
      </figcaption>
      <Plot
        lines={lines}
        scaleWith={scaleWith}
        zoom={zoom}
        logX={options.logX}
        logY={options.logY}
        limits={limitsOf[metric]}
        label={l10n.t(
          '{0} by {1}; arrow keys move the crosshair, Escape shows everything',
          metricLabel(metric),
          axisLabel(options.axis),
        )}
        at={at}
        readout={`${place}: ${words}`}
        onZoom={onZoom}
        onHover={onHover}
        onWidth={onWidth}
      />
      <div class={`readout num ${readings.length > 3 ? 'many' : ''}`}>
        <span class="place">{place}</span>
        {readings.map((reading) => (
          <span key={reading.key} class="reading">
            <Swatch color={reading.color} dash={reading.dashes.train} />
            <span class="quiet label" title={label(reading)}>
              {label(reading)}
            </span>
            <span title={splitLabel('train')}>
              {metricText(reading.values.train)}
              {reading.raw !== undefined && <span class="quiet"> ({metricText(reading.raw)})</span>}
            </span>
            <Swatch color={reading.color} dash={reading.dashes.validation} />
            <span title={splitLabel('validation')}>{metricText(reading.values.validation)}</span>
          </span>
        ))}
      </div>
    </figure>
  );
}

function valuesText({ values }: Reading): string {
  return (['train', 'validation'] as const)
    .filter((split) => values[split] != null)
    .map((split) => `${splitLabel(split)} ${metricText(values[split])}`)
    .join(', ');
}

export const axisLabel = (axis: StepAxis): string =>
  ({ batch: l10n.t('batch'), epoch: l10n.t('epoch') })[axis];

/** Where the values are from: "batch 1 204", "epoch 3.25". */
function placeText(axis: StepAxis, x: number | null): string {
  if (x === null) return '';
  return `${axisLabel(axis)} ${axis === 'batch' || Number.isInteger(x) ? integer(x) : decimal(x, 2)}`;
}
