import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runFiles } from '../../core/runs/layout';
import { modelNames } from '../../core/runs/spec';
import { isMissing } from './durable';

/**
 * Keeps a former holder of the run, suspended between its last look at the lock and its next write, from doing harm
 * when it goes on. It appends to the log by a file that it holds open, so the log becomes another file; it renames
 * checkpoints into place, so those that it had begun are removed, and the rename fails.
 */
export async function fence(runFolder: string): Promise<void> {
  for (const model of modelNames) {
    const names = await readdir(join(runFolder, model)).catch(none);
    for (const name of names)
      if (name.startsWith('.')) await rm(join(runFolder, model, name), { recursive: true, force: true });
  }
  const log = join(runFolder, runFiles.events);
  const copy = join(runFolder, `.${runFiles.events}-${randomUUID()}`);
  try {
    await copyFile(log, copy, constants.COPYFILE_EXCL);
    await rename(copy, log);
  } catch (error) {
    await rm(copy, { force: true });
    if (!isMissing(error)) throw error;
  }
}

function none(error: unknown): string[] {
  if (isMissing(error)) return [];
  throw error;
}
