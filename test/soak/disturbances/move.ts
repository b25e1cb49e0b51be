import { existsSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuiltCommand } from '../builtCommand';
import { type Scene, Violation } from '../scene';
import type { Disturbance } from './disturbance';

export const moved: Disturbance = {
  name: 'folder moved',
  weight: 2,
  async apply(scene) {
    const steps = scene.fewSteps();
    const command = await scene.beginAndReach(steps);
    const run = await scene.run();
    if (!run || (await scene.isOver())) return finished(scene, command);
    const now = join(scene.runsFolder, `moved ${scene.random.uint32()}`);
    await rename(run, now);
    const exit = await expectLoss(scene, command, run);
    return `moved at step ${steps} → ${exit}`;
  },
};

/** It is brought back from a copy afterwards. */
export const deleted: Disturbance = {
  name: 'folder deleted',
  weight: 1,
  async apply(scene) {
    const before = await scene.unfinishedRun();
    if (!before) return 'came to its end before';
    const copy = join(scene.folder, 'copy');
    await cp(before, copy, { recursive: true });
    const steps = scene.fewSteps();
    const command = await scene.beginAndReach(steps);
    await rm(before, { recursive: true, maxRetries: 10 });
    const exit = await expectLoss(scene, command, before);
    await rename(copy, before);
    return `deleted at step ${steps} → ${exit}`;
  },
};

/** It stops with words, or was at its end already, and makes no second folder. */
async function expectLoss(scene: Scene, command: BuiltCommand, run: string): Promise<number | string> {
  const exit = await scene.ended(command, 1, 0);
  if (exit === 1) scene.says(command, /The folder .* was deleted, moved or replaced/);
  if (existsSync(run)) throw new Violation(`${run} was made again after it was moved or deleted.`);
  return exit;
}

async function finished(scene: Scene, command: BuiltCommand): Promise<string> {
  await scene.ended(command, 0);
  return 'came to its end before';
}
