import * as l10n from '@vscode/l10n';
import type { TrainingState } from '../../src/core/runs/trainingState';
import { bytes, integer } from '../shared/format';
import { Button } from '../shared/toolkit';

/** The engine in use and why it is this one; what it holds in tensors. */
export function Engine({ training, onSelect }: { training: TrainingState; onSelect: () => void }) {
  const { engine, tensors, tensorBytes } = training;
  return (
    <section class="engine" aria-label={l10n.t('Engine')}>
      <div>
        {engine ? (
          <>
            <p>
              <strong>{engine.name}</strong>
              {engine.device && ` · ${engine.device}`}
              {engine.reason && <span class="quiet"> — {engine.reason}</span>}
            </p>
            <p class="quiet num">{l10n.t('{0} tensors · {1}', integer(tensors), bytes(tensorBytes))}</p>
          </>
        ) : (
          <p class="quiet">{l10n.t('The engine starts with the first run.')}</p>
        )}
      </div>
      <Button appearance="icon" icon="settings-gear" label={l10n.t('Select Engine')} onClick={onSelect} />
    </section>
  );
}
