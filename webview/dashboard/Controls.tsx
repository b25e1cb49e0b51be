import * as l10n from '@vscode/l10n';
import type { TrainingState } from '../../src/core/runs/trainingState';
import { Button, Icon } from '../shared/toolkit';
import { host } from './link';

interface ControlsProps {
  training: TrainingState;
  busy: boolean;
  ready: boolean;
  trusted: boolean;
  /** Why the host did not do what was asked last. */
  refusal: string;
  onTrain: () => void;
  ask: (request: () => Promise<void>) => void;
}

/** Train, or Pause and Stop while a run is going. */
export function Controls({ training, busy, ready, trusted, refusal, onTrain, ask }: ControlsProps) {
  const paused = training.state === 'paused';
  const settled = training.state === 'training' || paused;
  return (
    <div class="controls">
      <div class="actions">
        {!busy && (
          <Button appearance="primary" icon="play" disabled={!ready} onClick={onTrain}>
            {l10n.t('Train')}
          </Button>
        )}
        {busy && paused && (
          <Button appearance="primary" icon="debug-continue" onClick={() => ask(() => host.continue())}>
            {l10n.t('Continue')}
          </Button>
        )}
        {busy && !paused && (
          <Button icon="debug-pause" disabled={!settled} onClick={() => ask(() => host.pause())}>
            {l10n.t('Pause')}
          </Button>
        )}
        {busy && (
          <Button
            icon="debug-stop"
            disabled={training.state === 'saving'}
            onClick={() => ask(() => host.stop())}
          >
            {l10n.t('Stop')}
          </Button>
        )}
      </div>
      {!trusted && (
        <p class="hint">
          <Icon name="workspace-untrusted" />{' '}
          {l10n.t('Training is off in Restricted Mode. Trust this workspace to train.')}
        </p>
      )}
      {refusal && (
        <p class="problem" role="alert">
          {refusal}
        </p>
      )}
    </div>
  );
}
