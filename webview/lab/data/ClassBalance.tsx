import * as l10n from '@vscode/l10n';
import type { DataPreview } from '../../../src/protocol/worker';
import { integer } from '../../shared/format';
import { classTitle } from '../../shared/names';

/** How many images a class has: solid for training, outlined for validation. */
export function ClassBalance({ preview }: { preview: DataPreview }) {
  const { classes, trainCounts, validationCounts } = preview;
  const largest = Math.max(1, ...classes.map((_, i) => trainCounts[i]! + validationCounts[i]!));
  const width = (count: number) => ({ width: `${(100 * count) / largest}%` });
  return (
    <table class="balance rows num">
      <caption>{l10n.t('Class balance')}</caption>
      <thead>
        <tr>
          <th scope="col">{l10n.t('Class')}</th>
          <th scope="col" />
          <th scope="col" class="number">
            <span class="key train" /> {l10n.t('train')}
          </th>
          <th scope="col" class="number">
            <span class="key validation" /> {l10n.t('validation')}
          </th>
        </tr>
      </thead>
      <tbody>
        {classes.map((name, i) => (
          <tr key={name}>
            <th scope="row">{classTitle(name)}</th>
            <td class="share">
              <div class="train" style={width(trainCounts[i]!)} />
              <div class="validation" style={width(validationCounts[i]!)} />
            </td>
            <td class="number">{integer(trainCounts[i]!)}</td>
            <td class="number">{integer(validationCounts[i]!)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
