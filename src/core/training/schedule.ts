import type { ScheduleSpec } from '../runs/hyperParameters';

/** What a learning rate depends on beside the step. */
export interface ScheduleLength {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** Default: 0. */
  readonly warmupEpochs?: number;
}

/**
 * The learning rate of a model's `step`-th optimizer step (from 1): the schedule's, of which the first of n warm-up
 * steps has an n-th, the next two, and so on. A schedule counts from the run's beginning, warm-up or not.
 */
export function learningRateAt(
  schedule: ScheduleSpec,
  initial: number,
  step: number,
  { warmupEpochs = 0, ...length }: ScheduleLength,
): number {
  const warmupSteps = Math.round(warmupEpochs * length.stepsPerEpoch);
  const scheduled = scheduledRate(schedule, initial, step, length);
  return step < warmupSteps ? (scheduled * step) / warmupSteps : scheduled;
}

function scheduledRate(
  schedule: ScheduleSpec,
  initial: number,
  step: number,
  { epochs, stepsPerEpoch }: Omit<ScheduleLength, 'warmupEpochs'>,
): number {
  switch (schedule.kind) {
    case 'constant':
      return initial;
    case 'cosine': {
      const progress = Math.min((step - 1) / (epochs * stepsPerEpoch), 1);
      const decayed = (1 + Math.cos(Math.PI * progress)) / 2;
      return initial * (schedule.finalFraction + (1 - schedule.finalFraction) * decayed);
    }
    case 'step': {
      const epochsDone = Math.floor((step - 1) / stepsPerEpoch);
      return initial * schedule.factor ** Math.floor(epochsDone / schedule.every);
    }
  }
}
