import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const marker = 'complete';

/**
 * A folder of the cache that takes minutes to make. It counts as made once its marker is there, the last file of all:
 * what an interrupted set-up left is made anew, and whoever comes while another process makes it waits.
 */
export async function makeOnce(folder: string, make: () => Promise<void>): Promise<void> {
  for (let waiting = false; !existsSync(join(folder, marker)); ) {
    const maker = takeTurn(folder);
    if (maker !== process.pid) {
      if (!waiting) console.log(`Waiting for process ${maker}, which makes ${folder}`);
      waiting = true;
      await new Promise((wake) => setTimeout(wake, 500));
      continue;
    }
    try {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      await make();
      writeFileSync(join(folder, marker), `${new Date().toISOString()}\n`);
    } finally {
      rmSync(turnFile(folder), { force: true });
    }
  }
}

const turnFile = (folder: string) => `${folder}.maker`;

/** The id of the process whose turn it is: ours, unless another one that lives is at it. */
function takeTurn(folder: string): number {
  mkdirSync(join(folder, '..'), { recursive: true });
  for (;;) {
    try {
      writeFileSync(turnFile(folder), String(process.pid), { flag: 'wx' });
      return process.pid;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const maker = makerOf(folder);
    if (maker && maker !== process.pid && isAlive(maker)) return maker;
    rmSync(turnFile(folder), { force: true });
  }
}

function makerOf(folder: string): number | null {
  try {
    return Number(readFileSync(turnFile(folder), 'utf8')) || null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
