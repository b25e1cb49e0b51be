import { runFiles } from '../../core/runs/layout';
import { isMissing } from '../files/explain';
import { PlainFolder } from '../files/plainFolder';

/**
 * Keeps a former holder of the run, suspended between its last look at the lock and its next write, from doing harm
 * when it goes on. It appends to the log by a file that it holds open, so the log becomes another file; it renames
 * checkpoints into place, which fails for those that it had begun: they were removed as leftovers (leftovers.ts).
 */
export async function fence(runFolder: string): Promise<void> {
  await new PlainFolder(runFolder).renew(runFiles.events).catch((error) => {
    if (!isMissing(error)) throw error;
  });
}
