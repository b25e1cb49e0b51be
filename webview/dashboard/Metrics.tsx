import * as l10n from '@vscode/l10n';
import type { LatestMetrics, TrainingState } from '../../src/core/runs/trainingState';
import { lookAt } from '../shared/chart/palette';
import { Swatch } from '../shared/chart/Swatch';
import { metric } from '../shared/format';
import { modelTitle } from '../shared/names';

/** The latest values of every model of the run: a title, and a row of numbers below it. */
export function Metrics({ models, metrics }: Pick<TrainingState, 'models' | 'metrics'>) {
  if (models.every(({ id }) => metrics[id] === undefined)) return null;
  const columns: [keyof LatestMetrics, string][] = [
    ['loss', l10n.t('loss')],
    ['accuracy', l10n.t('acc')],
    ['valLoss', l10n.t('val loss')],
    ['valAccuracy', l10n.t('val acc')],
  ];
  return (
    <table class="metrics num">
      <thead>
        <tr>
          {columns.map(([key, label]) => (
            <th key={key} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      {models.map((model, place) => {
        const { color, dash } = lookAt(place);
        const title = modelTitle(model);
        return (
          <tbody key={model.id}>
            <tr>
              <th scope="rowgroup" colSpan={columns.length} title={title}>
                <Swatch color={color} dash={dash.train} /> {title}
              </th>
            </tr>
            <tr>
              {columns.map(([key]) => (
                <td key={key}>{metric(metrics[model.id]?.[key])}</td>
              ))}
            </tr>
          </tbody>
        );
      })}
    </table>
  );
}
