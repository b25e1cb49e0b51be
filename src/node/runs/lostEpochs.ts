import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { runFiles } from '../../core/runs/layout';
import type { StoredCheckpoint } from './checkpoints';
import { listCheckpoints } from './checkpoints';
import { EventTail } from './eventTail';
import { isBeingTrained } from './runLock';

/**
 * What a person who looks at a model's newest checkpoint has to know if the event log tells of later epochs: a training
 * that was killed had not saved them yet, or their files are gone. Empty for a run that is being trained, which saves an
 * epoch right after it has logged it, and for older checkpoints.
 */
export async function lostEpochs({ runFolder, model, epoch, name }: StoredCheckpoint): Promise<string> {
  const newest = (await listCheckpoints(runFolder, model)).at(-1);
  if (newest?.name !== name || (await isBeingTrained(runFolder))) return '';
  const events = await new EventTail(join(runFolder, runFiles.events)).read();
  const last = events.findLast((event) => event.type === 'epoch' && event.model === model);
  if (last?.type !== 'epoch' || last.epoch <= epoch) return '';
  return l10n.t(
    'The event log tells of {0} epochs of the {1} model, but its newest checkpoint is of epoch {2}: that one is used. Resume the run to train the missing ones again.',
    ...[last.epoch, model, epoch],
  );
}
