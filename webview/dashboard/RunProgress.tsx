import * as l10n from '@vscode/l10n';
import type { TrainingState } from '../../src/protocol/worker';
import { duration, integer, percent } from '../shared/format';
import { modelLabel, stateLabel } from '../shared/names';
import { Bar } from '../shared/states';

/** "Epoch 3/20 · 18 %", what is being trained, how fast, and how long it will take. */
export function RunProgress({ training, crashed }: { training: TrainingState; crashed: boolean }) {
  const { state, model, epoch, epochs, batch, batches, fraction } = training;
  const preparing = state === 'preparing';
  const live = state === 'training' && !crashed;
  const state_ = crashed ? stateLabel('interrupted') : stateLabel(state);
  const speed = [
    live && training.imagesPerSecond > 0 && l10n.t('{0} img/s', integer(training.imagesPerSecond)),
    live && training.secondsLeft !== null && l10n.t('{0} left', duration(training.secondsLeft)),
  ].filter(Boolean);
  return (
    <div class="run-progress num">
      <div class="line">
        <span>{preparing ? l10n.t('Preparing') : l10n.t('Epoch {0}/{1}', epoch, epochs)}</span>
        {!preparing && <span>{percent(fraction)}</span>}
      </div>
      <Bar fraction={preparing ? null : fraction} label={l10n.t('Progress of the run')} />
      <div class="line quiet">
        <span aria-live="polite">
          {live && model ? l10n.t('{0}, {1}', modelLabel(model), state_) : state_}
        </span>
        {live && batches > 0 && <span>{l10n.t('batch {0}/{1}', batch, batches)}</span>}
      </div>
      {preparing && training.message && <div class="quiet">{training.message}</div>}
      {speed.length > 0 && <div class="quiet">{speed.join(' · ')}</div>}
    </div>
  );
}
