import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explained } from './explain';
import { temporaryName } from './temporary';

/**
 * To be asked before long work whose result goes into a folder. It is tried, since permissions alone do not tell: the file
 * system may be read-only, or take no files at all.
 * @throws FileError
 */
export async function assertTakesFiles(folder: string): Promise<void> {
  const probe = join(folder, temporaryName());
  try {
    await writeFile(probe, '', { flag: 'wx' });
    await rm(probe, { force: true });
  } catch (error) {
    throw explained(error, 'written', folder);
  }
}
