import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import type { MemoryDemand } from './memoryDemand';
import { Plan } from './plan';
import { record } from './recorder';
import { areSameSources, type Constant, isSameCall, type Operation, type Recording } from './recording';
import { demandOf, recordAsExpected, rehearse } from './rehearsal';

/** What is known of the function for inputs of certain shapes. */
type Knowledge =
  | { readonly state: 'recorded'; readonly recording: Recording }
  | { readonly state: 'planned'; readonly plan: Plan }
  /** It does other things each time. */
  | { readonly state: 'changing' };

/**
 * A function of tensors that is called again and again. The first two calls for inputs of the same shapes are recorded; if
 * they did the same, the following ones are a `Plan`, whose results are equal to the bit. Otherwise it is called each time.
 */
export class PlannedFunction {
  readonly #known = new Map<string, Knowledge>();

  constructor(private readonly compute: (inputs: readonly Tensor[], step: number) => Tensor[]) {}

  /** `inputs` in the same order each time; their values and the variables' are all that the results depend on, and the step. */
  run(inputs: readonly Tensor[], step: number): Tensor[] {
    const shapes = inputs.map(({ shape }) => shape.join()).join(';');
    const known = this.#known.get(shapes);
    if (known?.state === 'planned') return known.plan.run(inputs, step);
    if (known?.state === 'changing') return this.compute(inputs, step);
    const compute = (given: readonly Tensor[]) => this.compute(given, step);
    const expected = known?.recording ?? rehearse(inputs, compute);
    const { results, recording } =
      (expected && recordAsExpected(expected, inputs, compute)) ?? record(inputs, () => compute(inputs));
    this.#known.set(shapes, learned(known?.recording, recording));
    return results;
  }

  /**
   * What memory its first calls take, found out without consequences; throws what it throws. Null where that can't be found
   * out, as for one input alone, with which it is tried only.
   * @param inputsOf inputs like those of `run`, so many of each
   */
  demand(count: number, inputsOf: (count: number) => readonly Tensor[]): MemoryDemand | null {
    return demandOf(count, inputsOf, (inputs) => this.compute(inputs, 1));
  }

  dispose(): void {
    for (const known of this.#known.values()) if (known.state === 'planned') known.plan.dispose();
    this.#known.clear();
  }
}

function learned(before: Recording | undefined, now: Recording | null): Knowledge {
  if (!now) return { state: 'changing' };
  if (!before) return { state: 'recorded', recording: now };
  return areEqual(before, now) ? { state: 'planned', plan: new Plan(now) } : { state: 'changing' };
}

function areEqual(a: Recording, b: Recording): boolean {
  return (
    a.operations.length === b.operations.length &&
    a.operations.every((operation, i) => isSameOperation(operation, b.operations[i]!)) &&
    a.constants.size === b.constants.size &&
    [...a.constants].every(([value, constant]) => isSameConstant(constant, b.constants.get(value))) &&
    [...a.made.keys()].join() === [...b.made.keys()].join() &&
    areSameSources(a.results, b.results)
  );
}

function isSameOperation(a: Operation, b: Operation): boolean {
  return isSameCall(a, b) && (!('kernel' in a) || !('kernel' in b) || areSameAttributes(a.attrs, b.attrs));
}

const areSameAttributes = (a: NamedAttrMap, b: NamedAttrMap) => JSON.stringify(a) === JSON.stringify(b);

function isSameConstant(a: Constant, b: Constant | undefined): boolean {
  return b !== undefined && a.shape.join() === b.shape.join() && a.dtype === b.dtype && areSameValues(a, b);
}

function areSameValues({ values: a }: Constant, { values: b }: Constant): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b);
  const [left, right] = [a, b] as [ArrayLike<unknown>, ArrayLike<unknown>];
  return left.length === right.length && Array.from(left).every((value, i) => Object.is(value, right[i]));
}
