import * as l10n from '@vscode/l10n';
import { modelNames } from '../../src/core/runs/spec';
import type { LatestMetrics, TrainingState } from '../../src/protocol/worker';
import { colorToken } from '../shared/chart/palette';
import { metric } from '../shared/format';
import { modelLabel } from '../shared/names';

export function Metrics({ metrics }: { metrics: TrainingState['metrics'] }) {
  const models = modelNames.filter((model) => metrics[model]);
  if (models.length === 0) return null;
  const rows: [keyof LatestMetrics, string][] = [
    ['loss', l10n.t('loss')],
    ['accuracy', l10n.t('acc')],
    ['valLoss', l10n.t('val loss')],
    ['valAccuracy', l10n.t('val acc')],
  ];
  return (
    <table class="metrics num">
      <thead>
        <tr>
          <th scope="col">
            <span class="visually-hidden">{l10n.t('Metric')}</span>
          </th>
          {models.map((model) => (
            <th key={model} scope="col">
              <span class="model" style={{ borderColor: `var(--vscode-${colorToken(model, 0)})` }}>
                {modelLabel(model)}
              </span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([key, label]) => (
          <tr key={key}>
            <th scope="row">{label}</th>
            {models.map((model) => (
              <td key={model}>{metric(metrics[model]?.[key])}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
