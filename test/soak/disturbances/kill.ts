import type { Disturbance } from './disturbance';

/** `kill -9`, wherever it is just then. */
export const killAtStep: Disturbance = {
  name: 'kill at a step',
  weight: 4,
  async apply(scene) {
    const steps = scene.fewSteps();
    const command = await scene.beginAndReach(steps);
    const milliseconds = await scene.pause(60);
    command.process.kill('SIGKILL');
    const exit = await scene.ended(command, 'SIGKILL', 0);
    return `SIGKILL ${milliseconds} ms after step ${steps} → ${exit}`;
  },
};

export const killAtStart: Disturbance = {
  name: 'kill while it starts',
  weight: 2,
  async apply(scene) {
    const command = await scene.begin();
    const milliseconds = await scene.pause(4000);
    command.process.kill('SIGKILL');
    const exit = await scene.ended(command, 'SIGKILL', 0);
    return `SIGKILL after ${milliseconds} ms → ${exit}`;
  },
};

/** The last thing that it does is the n-th change of the disk, or half of it. */
export const killAtChange: Disturbance = {
  name: 'kill at a change of the disk',
  weight: 4,
  async apply(scene) {
    const fault = { kind: scene.oneOf(['kill', 'torn'] as const), at: 1 + scene.random.below(90) };
    const exit = await scene.ended(await scene.begin({ fault }), 'SIGKILL', 0);
    return `${fault.kind} at change ${fault.at} → ${exit}`;
  },
};
