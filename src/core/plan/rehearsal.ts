import { dispose, slice, type Tensor, tidy, Variable } from '@tensorflow/tfjs-core';
import { type MemoryDemand, memoryDemand } from './memoryDemand';
import { type Recorded, record } from './recorder';
import type { Recording } from './recording';

/** One alone could be taken for a dimension that is spread. */
const FEW = 2;

/**
 * What a function of batches does, recorded on the first few of each: in the same order, as a rule, as on the whole. TF.js
 * keeps every value until a function has ended, since it can't know what its gradients will ask for; whoever has seen it
 * on a few knows.
 * @returns null where that can't be found out
 */
export function rehearse(
  inputs: readonly Tensor[],
  compute: (inputs: readonly Tensor[]) => Tensor[],
): Recording | null {
  const count = inputs[0]?.shape[0] ?? 0;
  if (count <= FEW || inputs.some(({ shape }) => shape[0] !== count)) return null;
  return scoped(() => {
    const few = inputs.map((input) => slice(input, 0, FEW));
    try {
      return attempt(few, compute);
    } catch {
      // It needs the whole batch: that is its right.
      return null;
    }
  });
}

/**
 * How much memory a function of batches takes: recorded on two of each, and on three; where it is meant for `count` 1, that
 * is tried alone. Throws what the function throws.
 * @returns null where that can't be found out
 */
export function demandOf(
  count: number,
  inputsOf: (count: number) => readonly Tensor[],
  compute: (inputs: readonly Tensor[]) => Tensor[],
): MemoryDemand | null {
  return scoped(() => {
    const few = attempt(inputsOf(Math.min(count, FEW)), compute);
    const more = few && count >= FEW && attempt(inputsOf(FEW + 1), compute, few);
    return more ? memoryDemand([few, FEW], [more, FEW + 1]) : null;
  });
}

/** A scope whose result has tensors that are not to outlive it. */
function scoped<T>(run: () => T): T {
  let result: T;
  tidy(() => {
    result = run();
  });
  return result!;
}

/** Records a function without consequences: variables stay as they are. Null where it can't be recorded. */
function attempt(
  inputs: readonly Tensor[],
  compute: (inputs: readonly Tensor[]) => Tensor[],
  expected?: Recording,
): Recording | null {
  const recorded = record(inputs, () => compute(inputs), { holdsBack: true, expected });
  disposeOf(recorded, inputs);
  return recorded.recording;
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
