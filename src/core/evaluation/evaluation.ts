import type { ModelName } from '../runs/spec';

/** How a network does on the validation images. */
export interface Evaluation {
  readonly model: ModelName;
  readonly classes: string[];
  readonly accuracy: number;
  /** Mean cross-entropy, in nats. */
  readonly loss: number;
  /** Row: true class; column: predicted class. */
  readonly confusion: number[][];
  /** NaN for a class without images. */
  readonly perClassAccuracy: number[];
  /** True and predicted class of every validation image, in order. */
  readonly labels: Uint8Array;
  readonly predicted: Uint8Array;
  /** Validation images got wrong, most confident first. */
  readonly mistakes: { index: number; label: number; predicted: number; confidence: number }[];
}

/** Of one checkpoint of a run. */
export interface CheckpointEvaluation extends Evaluation {
  readonly epoch: number;
  /** That later epochs are missing, for people; empty when none are. */
  readonly missing: string;
}

/** Below this a probability counts as this: a certain mistake costs 16 nats, not infinitely many. */
const smallestProbability = 1e-7;

/** `probabilities`: images · classes values, each row summing to 1. Of equal probabilities the first class is predicted. */
export function evaluationOf(
  model: ModelName,
  classes: readonly string[],
  labels: Uint8Array,
  probabilities: Float32Array,
): Evaluation {
  const count = labels.length;
  const width = classes.length;
  const predicted = new Uint8Array(count);
  const confusion = classes.map(() => new Array<number>(width).fill(0));
  const mistakes: Evaluation['mistakes'] = [];
  let loss = 0;
  for (let index = 0; index < count; index++) {
    const row = probabilities.subarray(index * width, (index + 1) * width);
    const guess = row.indexOf(Math.max(...row));
    const label = labels[index]!;
    predicted[index] = guess;
    confusion[label]![guess]!++;
    loss -= Math.log(Math.max(smallestProbability, row[label]!));
    if (guess !== label) mistakes.push({ index, label, predicted: guess, confidence: row[guess]! });
  }
  mistakes.sort((a, b) => b.confidence - a.confidence || a.index - b.index);
  const perClassAccuracy = confusion.map((row, c) => row[c]! / row.reduce((sum, n) => sum + n, 0));
  return {
    model,
    classes: [...classes],
    accuracy: (count - mistakes.length) / count,
    loss: loss / count,
    confusion,
    perClassAccuracy,
    labels: labels.slice(),
    predicted,
    mistakes,
  };
}
