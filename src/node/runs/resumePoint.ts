import { relative } from 'node:path';
import type { ModelName } from '../../core/runs/spec';
import type { Checkpoint } from '../../core/training/trainee';
import { CheckpointError, listCheckpoints, readCheckpoint } from './checkpoints';
import { removeCheckpointsAfter } from './writeCheckpoint';

/**
 * The newest checkpoint that a model's training can go on from. One that is damaged is passed over, with a notice, in
 * favour of the one before it; whatever lies after the chosen one is removed, since its steps will be repeated.
 * Null for a model that has not even its first checkpoint: it begins from the seed.
 */
export async function resumePoint(
  runFolder: string,
  model: ModelName,
  loggedStep: number,
  notice: (line: string) => void,
): Promise<Checkpoint | null> {
  const problems: string[] = [];
  for (const stored of (await listCheckpoints(runFolder, model)).reverse()) {
    try {
      const checkpoint = await readCheckpoint(stored);
      if (problems.length > 0)
        notice(
          `${problems.join('; ')}. Going on from the checkpoint before it, ${relative(runFolder, stored.folder)}.`,
        );
      if (checkpoint.cursor.step > loggedStep)
        notice(
          `The event log lacks the steps ${loggedStep + 1} to ${checkpoint.cursor.step} of the ${model} model: lines were lost. Its curves will show a gap.`,
        );
      await removeCheckpointsAfter(runFolder, model, stored);
      return checkpoint;
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length === 0 && loggedStep === 0) return null;
  throw new Error(
    `No checkpoint of the ${model} model in ${runFolder} can be used: ${problems.join('; ') || 'there is none'}. Restore the files from a copy, or train again.`,
  );
}
