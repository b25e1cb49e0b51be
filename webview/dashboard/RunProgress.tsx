import * as l10n from '@vscode/l10n';
import type { TrainingState } from '../../src/core/runs/trainingState';
import { duration, integer, percent } from '../shared/format';
import { modelTitle, stateLabel } from '../shared/names';
import { Bar } from '../shared/states';

/** "Epoch 3/20 · 18 %", what is being trained, how fast, and how long it will take. */
export function RunProgress({ training, crashed }: { training: TrainingState; crashed: boolean }) {
  if (training.state === 'preparing') return <Preparing message={training.message} />;
  const { state, model, epoch, epochs, batch, batches, fraction, imagesPerSecond, secondsLeft } = training;
  const live = state === 'training' && !crashed;
  const card = training.models.find(({ id }) => id === model);
  const word = stateLabel(crashed ? 'interrupted' : state);
  const speed = [
    live && imagesPerSecond > 0 && l10n.t('{0} img/s', integer(imagesPerSecond)),
    live && secondsLeft !== null && l10n.t('{0} left', duration(secondsLeft)),
  ].filter(Boolean);
  return (
    <div class="run-progress num">
      <div class="line">
        <span>{l10n.t('Epoch {0}/{1}', epoch, epochs)}</span>
        <span>{percent(fraction)}</span>
      </div>
      <Bar fraction={fraction} label={l10n.t('Progress of the run')} />
      <div class="line quiet">
        <span aria-live="polite">{live && card ? `${modelTitle(card)}, ${word}` : word}</span>
        {live && <span>{l10n.t('batch {0}/{1}', batch, batches)}</span>}
      </div>
      {speed.length > 0 && <div class="quiet">{speed.join(' · ')}</div>}
    </div>
  );
}

function Preparing({ message }: { message: string }) {
  return (
    <div class="run-progress num" aria-live="polite">
      <div class="line">{l10n.t('Preparing')}</div>
      <Bar fraction={null} label={l10n.t('Preparing')} />
      <div class="quiet">{message}</div>
    </div>
  );
}
