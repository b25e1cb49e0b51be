import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { EngineName } from '../../core/runs/spec';
import { waysOf } from '../../protocol/wire';
import { command } from '../ids';
import { describeError, Problem } from '../problem';
import type { Services } from '../services';
import { pickImageFolder } from './pickImageFolder';

/** Trains a run on, with its images where they are now; on another engine than it began on, if one is given. An error of its data comes with the way to say where. */
export async function resumeRun(
  { training, data }: Pick<Services, 'training' | 'data'>,
  runFolder: string,
  engine: EngineName | null = null,
): Promise<void> {
  const id = basename(runFolder);
  try {
    await training.resume(runFolder, data.of(id).folder, engine);
  } catch (error) {
    if (!waysOf(error).includes('folder')) throw error;
    throw new Problem(describeError(error), [
      {
        title: vscode.l10n.t('Choose Folder…'),
        run: async () => {
          const folder = await pickImageFolder(vscode.l10n.t('Use This Folder'));
          if (folder === null) return;
          await data.moveTo(id, folder);
          await vscode.commands.executeCommand(command('resume'), { id }, ...(engine ? [engine] : []));
        },
      },
    ]);
  }
}
