import { type Scene, Violation } from '../scene';
import type { Disturbance } from './disturbance';

/** Two resume one run at the same moment: one of them trains, or it was over before the other came. */
export const twoAtOnce: Disturbance = {
  name: 'two at once',
  weight: 2,
  async apply(scene) {
    const run = await scene.unfinishedRun();
    if (!run) return 'came to its end before';
    const both = [scene.resume(run), scene.resume(run)];
    const exits = await Promise.all(both.map((command) => scene.ended(command, 0, 1)));
    for (const [i, command] of both.entries())
      if (exits[i] === 1)
        scene.says(command, /is being trained by process \d+|is complete: there is nothing to resume/);
    if (exits.join() === '0,0' || exits.join() === '1,1')
      throw new Violation(`Of two that resumed at once these were the ends: ${exits}`);
    return `→ ${exits.join(' and ')}`;
  },
};

/** A training that stands still after some steps. `run`: null when it was over before. */
async function suspend(scene: Scene) {
  const steps = scene.fewSteps();
  const first = await scene.beginAndReach(steps);
  first.process.kill('SIGSTOP');
  const run = await scene.run();
  return { first, steps, run: run && !(await scene.isOver()) ? run : null };
}

/** On one machine a suspended holder can be looked up: it keeps its run. */
export const suspended: Disturbance = {
  name: 'suspended',
  weight: 1,
  async apply(scene) {
    const { first, steps, run } = await suspend(scene);
    if (run) {
      const second = scene.resume(run);
      await scene.ended(second, 1);
      scene.says(second, /is being trained by process \d+, which is suspended\. Stop it there first/);
    }
    first.process.kill('SIGINT');
    first.process.kill('SIGCONT');
    const exit = await scene.ended(first, 130, 0);
    return `SIGSTOP at step ${steps}, another refused, SIGINT → ${exit}`;
  },
};

/** In another container it can't be looked up: after half a minute of silence the run is taken over from it. */
export const takenOver: Disturbance = {
  name: 'taken over',
  weight: 1,
  async apply(scene) {
    const { first, steps, run } = await suspend(scene);
    if (!run) {
      first.process.kill('SIGCONT');
      await scene.ended(first, 0);
      return 'came to its end before';
    }
    const second = scene.resume(run, true);
    const goesOnAt = scene.fewSteps();
    await second.reaches(() => second.batches() >= goesOnAt);
    first.process.kill('SIGCONT');
    await scene.ended(first, 1);
    scene.says(first, /was taken over by process \d+|The lock of the run .* was removed/);
    const exit = await scene.ended(second, 0);
    scene.says(second, /Looking for a sign of life/);
    return `SIGSTOP at step ${steps}, taken over, SIGCONT at its step ${goesOnAt} → 1 and ${exit}`;
  },
};
