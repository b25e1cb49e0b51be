import * as l10n from '@vscode/l10n';
import { stepsOfLag } from '../../src/core/training/validationLag';
import { Icon } from './toolkit';

/** Why validation may stand still while training gets on. */
export function LagHint() {
  return (
    <p class="hint quiet" role="note">
      <Icon name="info" />{' '}
      {l10n.t(
        'Validation lags at first: batch normalisation validates with moving averages, which need some {0} steps to catch up (momentum 0.99, as in Keras).',
        stepsOfLag,
      )}
    </p>
  );
}
