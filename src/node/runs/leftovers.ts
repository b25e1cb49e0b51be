import { dirname } from 'node:path';
import type { ModelId } from '../../core/network/model';
import { PlainFolder } from '../files/plainFolder';
import { listCheckpoints } from './checkpoints';

/** Removes what writers of a run left that were killed or had no room: for the process that holds the run's lock. */
export async function removeLeftovers(runFolder: string, models: readonly ModelId[]): Promise<void> {
  const run = new PlainFolder(runFolder);
  await run.removeLeftovers();
  for (const model of models) {
    await run.removeLeftovers(model);
    // What only a resume needed was being removed from an older checkpoint.
    for (const { name } of await listCheckpoints(runFolder, model)) await run.removeLeftovers(name);
  }
  // Runs that never came to be. The folder may be closed to this user, who can train all the same.
  await new PlainFolder(dirname(runFolder)).removeLeftovers().catch(() => {});
}
