import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exclusively } from '../../node/exclusive';

/**
 * A folder of the cache that takes minutes to make. It counts as made once its marker is there, the last file of all:
 * what an interrupted set-up left is made anew, and whoever comes while another process makes it waits.
 */
export async function makeOnce(folder: string, make: () => Promise<void>): Promise<void> {
  const marker = join(folder, 'complete');
  if (existsSync(marker)) return;
  mkdirSync(dirname(folder), { recursive: true });
  const onWait = () => console.log(`   Waiting for another process, which makes ${folder}`);
  await exclusively(
    `${folder}.lock`,
    async () => {
      if (existsSync(marker)) return;
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      await make();
      writeFileSync(marker, `${new Date().toISOString()}\n`);
    },
    { onWait },
  );
}
