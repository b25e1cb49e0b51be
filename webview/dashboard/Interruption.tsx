import * as l10n from '@vscode/l10n';
import type { TrainingState } from '../../src/core/runs/trainingState';
import { Button, Icon } from '../shared/toolkit';
import { host } from './link';

interface InterruptionProps {
  training: TrainingState;
  /** The dead worker's exit, then its last log lines. */
  crash: string | null;
  ask: (request: () => Promise<void>) => void;
}

/** Why training does not go on, and the ways out. */
export function Interruption({ training, crash, ask }: InterruptionProps) {
  const resumable = training.runFolder !== null;
  const resume = () => ask(() => host.resumeRun());
  if (crash !== null) {
    const [exit, ...log] = crash.split('\n');
    return (
      <section class="interruption failed" role="alert">
        <p class="what">
          <Icon name="error" /> {l10n.t('The training process died.')}
        </p>
        <p class="why">{exit}</p>
        {log.length > 0 && <pre>{log.join('\n').trim()}</pre>}
        <div class="actions">
          {resumable ? (
            <Button appearance="primary" icon="debug-restart" onClick={resume}>
              {l10n.t('Resume')}
            </Button>
          ) : (
            <Button appearance="primary" icon="debug-restart" onClick={() => ask(() => host.restartWorker())}>
              {l10n.t('Restart')}
            </Button>
          )}
          <Button onClick={() => host.showLog()}>{l10n.t('Show Log')}</Button>
        </div>
      </section>
    );
  }
  if (training.state === 'failed') {
    return (
      <section class="interruption failed" role="alert">
        <p class="what">
          <Icon name="error" /> {l10n.t('Training failed.')}
        </p>
        <p class="why">{training.message}</p>
        <div class="actions">
          {resumable && <Button onClick={resume}>{l10n.t('Resume')}</Button>}
          <Button onClick={() => host.showLog()}>{l10n.t('Show Log')}</Button>
        </div>
      </section>
    );
  }
  if (training.state === 'stopped' && resumable) {
    return (
      <section class="interruption">
        <p>{training.message || l10n.t('Stopped; everything up to here is saved.')}</p>
        <div class="actions">
          <Button icon="debug-continue" onClick={resume}>
            {l10n.t('Resume')}
          </Button>
        </div>
      </section>
    );
  }
  return null;
}
