import { concat, dispose, reshape, tidy } from '@tensorflow/tfjs-core';
import type { StepResult } from './step';

/** A step's measures, read back. `tag` is what the caller knows the step by. */
export interface Reading<Tag> {
  readonly tag: Tag;
  /** Mean over the batch; may be NaN or infinite. */
  readonly loss: number;
  readonly correct: number;
}

/**
 * Brings the measures of many steps back in groups, one read a group, in order. A read does not hold up the steps that
 * follow it: an engine that computes asynchronously may be `depth` groups ahead, and no more.
 */
export class Readback<Tag> {
  #waiting: { tag: Tag; result: StepResult }[] = [];
  readonly #reads: Promise<Reading<Tag>[]>[] = [];

  constructor(private readonly depth = 2) {}

  add(tag: Tag, result: StepResult): void {
    this.#waiting.push({ tag, result });
  }

  /** Sends for what was added and gives back what has arrived: all but the newest `depth` groups. */
  async exchange(): Promise<Reading<Tag>[]> {
    this.#send();
    return this.#receive(this.depth);
  }

  /** Gives back everything that was added and not given back yet. */
  async drain(): Promise<Reading<Tag>[]> {
    this.#send();
    return this.#receive(0);
  }

  #send(): void {
    const group = this.#waiting;
    if (group.length === 0) return;
    this.#waiting = [];
    const scalars = group.flatMap(({ result }) => [result.loss, result.correct]);
    const all = tidy(() => concat(scalars.map((scalar) => reshape(scalar, [1]))));
    dispose(scalars);
    const read = all.data<'float32'>().then((values) => {
      all.dispose();
      return group.map(({ tag }, i) => ({ tag, loss: values[2 * i]!, correct: values[2 * i + 1]! }));
    });
    // Its failure is met where it is awaited, which may be a few steps from now.
    read.catch(() => {});
    this.#reads.push(read);
  }

  async #receive(keep: number): Promise<Reading<Tag>[]> {
    const readings: Reading<Tag>[] = [];
    while (this.#reads.length > keep) readings.push(...(await this.#reads.shift()!));
    return readings;
  }
}
