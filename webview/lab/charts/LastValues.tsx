import * as l10n from '@vscode/l10n';
import type { SeriesSnapshot } from '../../../src/protocol/lab';
import { lastValue } from '../../shared/chart/lines';
import { metric as metricText } from '../../shared/format';
import { metricLabel, modelTitle, splitLabel } from '../../shared/names';
import { useLab } from '../context';
import { metrics, type SeriesByMetric } from './seriesByMetric';

/** The charts as a table: what a screen reader reads instead of the picture. */
export function LastValues({ series, visible }: { series: SeriesByMetric; visible: boolean }) {
  const { shown } = useLab();
  const rows = shown.flatMap((run) => run.models.map((model) => ({ run, model })));
  const columns = metrics.flatMap((metric) =>
    (['train', 'validation'] as const).map((split) => ({ metric, split })),
  );
  const value = (metric: keyof SeriesByMetric, matches: (s: SeriesSnapshot) => boolean) => {
    const found = series[metric].find(matches);
    return metricText(found ? lastValue(found.raw) : null);
  };
  return (
    <div class={visible ? 'last-values' : 'visually-hidden'}>
      <table class="rows num">
        <caption>{l10n.t('Last values')}</caption>
        <thead>
          <tr>
            <th scope="col">{l10n.t('Run')}</th>
            <th scope="col">{l10n.t('Model')}</th>
            {columns.map(({ metric, split }) => (
              <th key={metric + split} scope="col" class="number">
                {metricLabel(metric)}, {splitLabel(split)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ run, model }) => (
            <tr key={`${run.id}/${model.id}`}>
              <td>{run.name}</td>
              <td>{modelTitle(model)}</td>
              {columns.map(({ metric, split }) => (
                <td key={metric + split} class="number">
                  {value(metric, (s) => s.run === run.id && s.model === model.id && s.split === split)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
