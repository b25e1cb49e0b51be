import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '../../src/core/random';
import { chosen } from './disturbances/table';
import { assertAsUndisturbed, assertConsecutive } from './invariants';
import { endOrphans } from './processes';
import type { References } from './reference';
import { Scene, Violation } from './scene';
import { specs } from './specs';

export interface RoundResult {
  readonly spec: string;
  /** What was done, in order. */
  readonly disturbances: readonly { readonly name: string; readonly what: string }[];
  /** What must not be; null when all was well. */
  readonly violation: string | null;
  /** Where it can be looked at; null when it was removed. */
  readonly kept: string | null;
}

const mostDisturbances = 4;

/** One run, disturbed at random and trained to its end all the same. What is done to it follows from the seed alone. */
export async function playRound(seed: number, parent: string, references: References): Promise<RoundResult> {
  const random = new Random(seed);
  const spec = specs[random.below(specs.length)]!;
  const folder = join(parent, `round ${seed}`);
  const disturbances: { name: string; what: string }[] = [];
  let violation: string | null = null;
  try {
    const undisturbed = await references.of(spec);
    const scene = await Scene.make(folder, spec, random);
    for (let left = 1 + random.below(mostDisturbances); left > 0 && !(await scene.isOver()); left--) {
      const disturbance = chosen(random);
      const entry = { name: disturbance.name, what: 'did not hold' };
      disturbances.push(entry);
      entry.what = await disturbance.apply(scene);
      const run = await scene.run();
      if (run) await assertConsecutive(run);
    }
    await trainToEnd(scene);
    const run = await scene.run();
    if (!run) throw new Violation('There is no run at the end.');
    await assertAsUndisturbed(scene.runsFolder, run, spec.models, undisturbed);
    const litter = await readdir(join(folder, 'tmp'));
    if (litter.length > 0) throw new Violation(`Temporary files were left: ${litter.join(', ')}`);
  } catch (error) {
    violation = (error as Error).message;
  }
  const orphans = await endOrphans(folder);
  if (orphans.length > 0)
    violation = [violation, `Orphans: ${orphans.join('; ')}`].filter(Boolean).join('\n');
  if (violation === null) await rm(folder, { recursive: true, force: true });
  return { spec: spec.name, disturbances, violation, kept: violation === null ? null : folder };
}

/** Whoever was killed after its last word left a lock: to be told that there is nothing to resume removes it. */
async function trainToEnd(scene: Scene): Promise<void> {
  const isOver = await scene.isOver();
  const command = await scene.begin();
  await scene.ended(command, isOver ? 1 : 0);
  if (isOver) scene.says(command, /is complete: there is nothing to resume/);
}
