import { memory } from '@tensorflow/tfjs-core';
import type { TrainingPosition } from '../../core/runs/trainingState';
import { idleTraining, type TrainingState } from '../../core/runs/trainingState';

/** Ten times a second is often enough for people. */
const intervalMilliseconds = 100;

/** Tells one listener the state of a training: at once when it changes, now and then while it goes on. */
export class StateReporter {
  /** From its first word on: who has noted an idle run down would forget it. */
  #state: TrainingState = { ...idleTraining, state: 'preparing' };
  #told = 0;

  constructor(private readonly listener: (state: TrainingState) => void = () => {}) {}

  change(change: Partial<TrainingState>): void {
    this.#state = { ...this.#state, message: '', ...change };
    this.#tell();
  }

  advance(position: () => TrainingPosition): void {
    if (performance.now() - this.#told < intervalMilliseconds) return;
    this.#state = { ...this.#state, ...position() };
    this.#tell();
  }

  #tell(): void {
    // Before an engine has started there is nobody to ask.
    if (this.#state.engine) {
      const { numTensors, numBytes } = memory();
      this.#state = { ...this.#state, tensors: numTensors, tensorBytes: numBytes };
    }
    this.#told = performance.now();
    this.listener(this.#state);
  }
}
