import * as l10n from '@vscode/l10n';
import type { Evaluation } from '../../../src/core/evaluation/evaluation';
import { cssColor } from '../../shared/chart/palette';
import { metric } from '../../shared/format';

export function PerClass({ evaluation, color }: { evaluation: Evaluation; color: string }) {
  const { classes, perClassAccuracy } = evaluation;
  return (
    <table class="per-class rows num">
      <caption>{l10n.t('Accuracy by class')}</caption>
      <tbody>
        {classes.map((name, i) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="share">
              <div
                style={{
                  width: `${100 * (perClassAccuracy[i] || 0)}%`,
                  background: cssColor({ color }),
                }}
              />
            </td>
            <td class="number">{metric(perClassAccuracy[i])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
