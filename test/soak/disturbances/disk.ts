import { execFileSync } from 'node:child_process';
import { cp, mkdir, open, rename, rm, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Scene } from '../scene';
import type { Disturbance } from './disturbance';

const full =
  /can't be (written|made|renamed): the disk is full\. Make room\. Then (try again|resume the run \(involution resume\))\./;

/** No room from the n-th change of the disk on. */
export const fullAtChange: Disturbance = {
  name: 'full disk at a change',
  weight: 2,
  async apply(scene) {
    const at = 1 + scene.random.below(90);
    const command = await scene.begin({ fault: { kind: 'full', at } });
    const exit = await scene.ended(command, 1, 0);
    if (exit === 1) scene.says(command, full);
    return `ENOSPC from change ${at} on → ${exit}`;
  },
};

export const faultAtChange: Disturbance = {
  name: 'fault of the disk at a change',
  weight: 2,
  async apply(scene) {
    const at = 1 + scene.random.below(90);
    const command = await scene.begin({ fault: { kind: 'fault', at } });
    const exit = await scene.ended(command, 1, 0);
    if (exit === 1) scene.says(command, /the disk reports a fault\. Check the disk and its connection\./);
    return `EIO at change ${at} → ${exit}`;
  },
};

/** A real disk with little room left, which the run is moved to and back from. */
export const fullDisk: Disturbance = {
  name: 'full disk',
  weight: 2,
  async apply(scene) {
    const run = await scene.unfinishedRun();
    if (!run) return 'came to its end before';
    const disk = join(scene.folder, 'disk');
    await mkdir(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', disk], { stdio: 'pipe' });
    } catch {
      await rm(disk, { recursive: true });
      return fullAtChange.apply(scene);
    }
    try {
      return await trainOnFullDisk(scene, run, join(disk, basename(run)));
    } finally {
      execFileSync('umount', [disk], { stdio: 'pipe' });
      await rm(disk, { recursive: true });
    }
  },
};

async function trainOnFullDisk(scene: Scene, run: string, there: string): Promise<string> {
  await cp(run, there, { recursive: true });
  const filler = `${there}.filler`;
  const room = scene.random.below(600_000);
  await fill(filler, room);
  const command = scene.resume(there);
  const exit = await scene.ended(command, 1, 0);
  if (exit === 1) scene.says(command, full);
  if (exit === 1 && scene.chance()) {
    // Still full: it must not seem to be trained by anybody.
    const again = scene.resume(there);
    if ((await scene.ended(again, 1, 0)) === 1) scene.says(again, full);
  }
  await rm(filler);
  await rename(run, `${scene.folder}/before`);
  await cp(there, run, { recursive: true });
  await rm(`${scene.folder}/before`, { recursive: true });
  return `${room} bytes of room → ${exit}`;
}

/** Fills the file system of a file up to so many bytes. */
async function fill(path: string, room: number): Promise<void> {
  const { bavail, bsize } = await statfs(join(path, '..'));
  const file = await open(path, 'w');
  try {
    const block = Buffer.alloc(1 << 16);
    for (let left = bavail * bsize - room; left > 0; left -= block.length)
      await file.write(block, 0, Math.min(left, block.length));
  } finally {
    await file.close();
  }
}
