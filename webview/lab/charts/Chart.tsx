import * as l10n from '@vscode/l10n';
import { useCallback, useMemo } from 'preact/hooks';
import type { Metric, RunCard, StepAxis } from '../../../src/protocol/lab';
import { extentX, type Line, type Range } from '../../shared/chart/lines';
import { Plot } from '../../shared/chart/Plot';
import { lookAt } from '../../shared/chart/palette';
import { Swatch } from '../../shared/chart/Swatch';
import { decimal, integer, metric as metricText } from '../../shared/format';
import { metricLabel, modelTitle, splitLabel } from '../../shared/names';
import { useLab } from '../context';
import { type Reading, readingsAt } from './readout';
import { type Hidden, modelKey, soloed, toggled } from './visible';

export const limitsOf: Record<Metric, Range> = { loss: [0, Number.POSITIVE_INFINITY], accuracy: [0, 1] };

/** How the splits are told apart, whatever the model. */
const plain = lookAt(0).dash;

/** More names than these at the ends of lines would hide them. */
const mostNamed = 6;

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
  hidden: Hidden;
  onHide: (hidden: Hidden) => void;
}

/** One plot and the line below it that reads its values: at the crosshair, else the last ones. */
export function Chart(props: ChartProps) {
  const { title, metric, lines, scaleWith, zoom, onZoom, at, onHover, onWidth, hidden, onHide } = props;
  const { options, shown } = useLab();
  const readings = useMemo(() => readingsAt(lines, at), [lines, at]);
  const drawn = useMemo(() => lines.filter((line) => !hidden.has(modelKey(line))), [lines, hidden]);
  const all = readings.map(({ key }) => key);
  const models = new Set(drawn.map(modelKey)).size;
  const isNamed = all.length > 1 && models <= mostNamed;
  const endLabelOf = useCallback((line: Line) => (isNamed ? nameOf(line, shown) : ''), [isNamed, shown]);
  const label = (reading: Reading) => nameOf(reading, shown);
  const last = extentX(lines, false)?.[1] ?? null;
  const place = placeText(options.axis, at ?? last);
  const words = readings
    .filter(({ key }) => !hidden.has(key))
    .map((reading) => `${label(reading)} ${valuesText(reading)}`)
    .join('; ');
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
        lines={drawn}
        scaleWith={scaleWith}
        zoom={zoom}
        logX={options.logX}
        logY={options.logY}
        limits={limitsOf[metric]}
        endLabelOf={endLabelOf}
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
          <span key={reading.key} class={`reading ${hidden.has(reading.key) ? 'hidden-model' : ''}`}>
            <Swatch color={reading.color} dash={reading.dashes.train} />
            <button
              type="button"
              class="label"
              aria-pressed={!hidden.has(reading.key)}
              title={l10n.t(
                '{0}: click to hide or show, double-click or Alt+click to see it alone',
                label(reading),
              )}
              onClick={({ altKey, detail }) =>
                onHide(
                  altKey || detail === 2 ? soloed(hidden, reading.key, all) : toggled(hidden, reading.key),
                )
              }
            >
              {label(reading)}
            </button>
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

/** The model's title, with its run where there are several. */
function nameOf({ run: id, model }: Pick<Line, 'run' | 'model'>, shown: readonly RunCard[]): string {
  const run = shown.find((each) => each.id === id);
  const card = run?.models.find((each) => each.id === model);
  const title = card ? modelTitle(card) : model;
  return shown.length === 1 ? title : `${run?.name ?? id} · ${title}`;
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
