import { assertSaved } from '../invariants';
import type { Scene } from '../scene';
import type { Disturbance } from './disturbance';

/** A signal that asks it to end, or two. */
export const signal: Disturbance = {
  name: 'signal',
  weight: 3,
  async apply(scene) {
    const logged = await scene.logged();
    const steps = scene.random.below(12);
    const command = await scene.beginAndReach(steps);
    const first = scene.oneOf(['SIGINT', 'SIGTERM', 'SIGHUP'] as const);
    command.process.kill(first);
    const second = scene.chance() ? scene.oneOf(['SIGINT', 'SIGTERM', 'SIGHUP'] as const) : null;
    if (second) {
      await scene.pause(50);
      command.process.kill(second);
    }
    // Before its first line of program, and after the last, a signal does what signals do.
    const plain = [...(steps === 0 ? [first] : []), ...(second ? [second] : [])];
    const exit = await scene.ended(command, 130, 0, ...plain);
    // Before its first line it has seen nothing of what lies there: that is of who was killed before.
    if (steps > 0 || typeof exit === 'number') await assertSavedIn(scene, logged);
    return `${[first, second].filter(Boolean).join(', ')} at step ${steps} → ${exit}`;
  },
};

/** `involution train | head`. */
export const readerGone: Disturbance = {
  name: 'reader of the output gone',
  weight: 2,
  async apply(scene) {
    const logged = await scene.logged();
    const steps = scene.fewSteps();
    const command = await scene.beginAndReach(steps);
    command.process.stdout!.destroy();
    const exit = await scene.ended(command, 130, 0);
    await assertSavedIn(scene, logged);
    return `output closed at step ${steps} → ${exit}`;
  },
};

async function assertSavedIn(scene: Scene, logged: number): Promise<void> {
  const run = await scene.run();
  if (run) await assertSaved(run, logged);
}
