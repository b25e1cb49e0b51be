import type { ScheduleSpec } from '../runs/spec';

/** What a learning rate depends on beside the step. */
export interface ScheduleLength {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

/** The learning rate of a model's `step`-th optimizer step (from 1). */
export function learningRateAt(
  schedule: ScheduleSpec,
  initial: number,
  step: number,
  { epochs, stepsPerEpoch }: ScheduleLength,
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
