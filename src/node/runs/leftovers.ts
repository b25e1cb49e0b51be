import { dirname } from 'node:path';
import { modelNames } from '../../core/runs/spec';
import { PlainFolder } from '../files/plainFolder';

/** Removes what writers of a run left that were killed or had no room: for the process that holds the run's lock. */
export async function removeLeftovers(runFolder: string): Promise<void> {
  const run = new PlainFolder(runFolder);
  for (const name of ['', ...modelNames]) await run.removeLeftovers(name);
  // Runs that never came to be. The folder may be closed to this user, who can train all the same.
  await new PlainFolder(dirname(runFolder)).removeLeftovers().catch(() => {});
}
