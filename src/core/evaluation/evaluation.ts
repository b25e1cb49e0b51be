import type { ModelId } from '../network/model';

/** How a network does on the validation images. */
export interface Evaluation {
  readonly model: ModelId;
  readonly classes: string[];
  readonly accuracy: number;
  /** Mean cross-entropy, in nats, from the logits as in training; not finite where a network's logits are not. */
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

/**
 * `logits`: images · classes values. Of equal logits the first class is predicted. Probabilities are never taken the
 * logarithm of: a certain one is 0 in float32 long before its loss, which is a difference of logits, is large.
 */
export function evaluationOf(
  model: ModelId,
  classes: readonly string[],
  labels: Uint8Array,
  logits: Float32Array,
): Evaluation {
  const count = labels.length;
  const width = classes.length;
  const predicted = new Uint8Array(count);
  const confusion = classes.map(() => new Array<number>(width).fill(0));
  const mistakes: Evaluation['mistakes'] = [];
  let loss = 0;
  for (let index = 0; index < count; index++) {
    const row = logits.subarray(index * width, (index + 1) * width);
    const guess = largest(row);
    const label = labels[index]!;
    const total = exponentials(row, row[guess]!);
    predicted[index] = guess;
    confusion[label]![guess]!++;
    loss += Math.log(total) + (row[guess]! - row[label]!);
    if (guess !== label) mistakes.push({ index, label, predicted: guess, confidence: 1 / total });
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

/** Softmax of one image's logits. */
export function softmax(logits: Float32Array): number[] {
  const most = logits[largest(logits)]!;
  const total = exponentials(logits, most);
  return Array.from(logits, (logit) => Math.exp(logit - most) / total);
}

/** The first of the largest values. A NaN is larger than none, so that a network that gives only those predicts class 0. */
function largest(values: Float32Array): number {
  let found = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[found]!) found = i;
  return found;
}

/** Σ exp(value − most), where `most` is the largest value: softmax is each of these terms' share. */
function exponentials(values: Float32Array, most: number): number {
  let sum = 0;
  for (const value of values) sum += Math.exp(value - most);
  return sum;
}
