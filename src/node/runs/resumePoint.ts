import { relative } from 'node:path';
import * as l10n from '@vscode/l10n';
import type { ModelId, ModelSpec } from '../../core/network/model';
import type { RunEvent } from '../../core/runs/events';
import type { Checkpoint } from '../../core/training/trainee';
import {
  CheckpointError,
  isWhole,
  listCheckpoints,
  readCheckpoint,
  resumableCheckpoints,
  wholeEpochs,
} from './checkpoints';
import { removeCheckpointsAfter } from './writeCheckpoint';

/**
 * The models that have something left to train. That the log tells of a model's end is not enough: its last checkpoint
 * has to be there, and whole. Otherwise the missing epochs are trained again, with a notice.
 */
export async function unfinishedModels(
  runFolder: string,
  models: readonly ModelSpec[],
  events: readonly RunEvent[],
  notice: (line: string) => void,
): Promise<ModelSpec[]> {
  const unfinished: ModelSpec[] = [];
  for (const model of models) {
    const { id } = model;
    const end = events.findLast((event) => event.type === 'modelEnd' && event.model === id);
    // After a loss that is not finite nothing was saved, and to repeat the steps would lead there again.
    if (end?.type === 'modelEnd' && end.reason === 'not-finite') continue;
    if (end?.type === 'modelEnd') {
      const stored = await listCheckpoints(runFolder, id);
      const last = stored.find(({ epoch, batch }) => epoch === end.epoch && batch === 0);
      if (last && (await isWhole(last))) continue;
      notice(
        l10n.t(
          last
            ? 'The event log says that the {0} model has ended, but the network of its epoch {1} is damaged: what is missing is trained again.'
            : 'The event log says that the {0} model has ended, but the network of its epoch {1} is missing: what is missing is trained again.',
          ...[id, end.epoch],
        ),
      );
    }
    unfinished.push(model);
  }
  return unfinished;
}

/**
 * The newest checkpoint that a model's training can go on from. One that is damaged is passed over, with a notice, in
 * favour of the one before it; whatever lies after the chosen one is removed, since its steps will be repeated.
 * Null for a model that has not even its first checkpoint: it begins from the seed.
 */
export async function resumePoint(
  runFolder: string,
  model: ModelId,
  loggedStep: number,
  notice: (line: string) => void,
): Promise<Checkpoint | null> {
  const problems: string[] = [];
  for (const stored of (await listCheckpoints(runFolder, model)).reverse()) {
    try {
      const checkpoint = await readCheckpoint(stored);
      if (problems.length > 0)
        notice(
          l10n.t(
            '{0}. Going on from the checkpoint before it, {1}.',
            ...[problems.join('; '), relative(runFolder, stored.folder)],
          ),
        );
      if (checkpoint.cursor.step > loggedStep)
        notice(
          l10n.t(
            'The event log lacks the steps {0} to {1} of the {2} model: lines were lost. Its curves will show a gap.',
            ...[loggedStep + 1, checkpoint.cursor.step, model],
          ),
        );
      await removeCheckpointsAfter(runFolder, model, stored);
      return checkpoint;
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length === 0 && loggedStep === 0) return null;
  throw new Error(await refusal(runFolder, model, problems));
}

/** Why nothing can be trained on, what there still is, and the ways out. `problems`: of the newest checkpoint first. */
async function refusal(runFolder: string, model: ModelId, problems: readonly string[]): Promise<string> {
  // Older ones were never meant to be resumed: that their optimizer is not there is no news.
  const reasons = problems.slice(0, resumableCheckpoints).join('; ') || l10n.t('there is none');
  const epochs = await wholeEpochs(runFolder, model);
  const sentences = [
    l10n.t("The {0} model in {1} can't be trained on from any checkpoint: {2}.", model, runFolder, reasons),
    ...(epochs.length > 0
      ? [
          l10n.t(
            'Its networks of the epochs {0} are whole, to evaluate, to look at and to export (--checkpoint {1}).',
            ...[epochs.join(', '), epochs.at(-1)!],
          ),
        ]
      : []),
    l10n.t(
      'Restore the damaged files from a copy and resume, or train a new run with the same settings (involution train, or Train in the editor).',
    ),
  ];
  return sentences.join(' ');
}
