import { dispose, slice, type Tensor, tidy, Variable } from '@tensorflow/tfjs-core';
import { type Recorded, record } from './recorder';
import type { Recording } from './recording';

/** Of how many inputs at least it pays to try a few first. One alone could be taken for a dimension that is spread. */
const LEAST = 8;
const FEW = 2;

/**
 * What a function of batches does, recorded on the first few of each: in the same order, as a rule, as on the whole. TF.js
 * keeps every value until a function has ended, since it can't know what its gradients will ask for; whoever has seen it
 * on a few knows. Variables stay as they are.
 * @returns null where that can't be found out, or is not worth it
 */
export function rehearse(
  inputs: readonly Tensor[],
  compute: (inputs: readonly Tensor[]) => Tensor[],
): Recording | null {
  const count = inputs[0]?.shape[0] ?? 0;
  if (count < LEAST || inputs.some(({ shape }) => shape[0] !== count)) return null;
  let recording: Recording | null = null;
  tidy(() => {
    const few = inputs.map((input) => slice(input, 0, FEW));
    try {
      const rehearsed = record(few, () => compute(few), { holdsBack: true });
      recording = rehearsed.recording;
      disposeOf(rehearsed, few);
    } catch {
      // It needs the whole batch: that is its right.
    }
  });
  return recording;
}

/**
 * Records a function of which it is known what it will do, so that it takes no more memory than a plan.
 * @returns null where it did something else after all, and nothing has changed
 */
export function recordAsExpected(
  expected: Recording,
  inputs: readonly Tensor[],
  compute: (inputs: readonly Tensor[]) => Tensor[],
): Recorded | null {
  try {
    const recorded = record(inputs, () => compute(inputs), { holdsBack: true, expected });
    if (!recorded.recording) {
      disposeOf(recorded, inputs);
      return null;
    }
    for (const [variable, value] of recorded.heldBack) variable.assign(value);
    dispose([...recorded.heldBack.values()]);
    return recorded;
  } catch {
    // It asked for a value that it had not been expected to need, or fails in any case, which will show.
    return null;
  }
}

/** A function may give as a result what it was given, or a variable: these are not its own. */
function disposeOf({ results, heldBack }: Recorded, inputs: readonly Tensor[]): void {
  const own = results.filter((result) => !(result instanceof Variable) && !inputs.includes(result));
  dispose([...own, ...heldBack.values()]);
}
