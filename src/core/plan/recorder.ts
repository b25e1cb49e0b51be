import {
  clone,
  dispose,
  engine,
  Identity,
  keep,
  type NamedAttrMap,
  type NamedTensorMap,
  Reshape,
  type Tensor,
  util,
  Variable,
} from '@tensorflow/tfjs-core';
import { type Lifetimes, lifetimesOf } from './lifetimes';
import {
  type Constant,
  isSameCall,
  type MadeAtStep,
  type Operation,
  type Place,
  type Recording,
  type Source,
} from './recording';

export interface Recorded {
  readonly results: Tensor[];
  /** Null if the function used a tensor of which nothing is known. */
  readonly recording: Recording | null;
  /** What variables are still to be given, if that was held back. */
  readonly heldBack: ReadonlyMap<Variable, Tensor>;
}

let current: Recorder | null = null;

/**
 * A tensor that depends on the step's number alone: `make(step)`. A function that makes tensors from JavaScript's values
 * says so by this, if they are not the same at each step.
 */
export function madeAtStep<T extends Tensor>(step: number, make: (step: number) => T): T {
  return current ? current.make(step, make) : make(step);
}

interface Options {
  /** Variables keep the values that they have; `Recorded` has those that they would have got. */
  readonly holdsBack?: boolean;
  /** What the function is expected to do: values are disposed of as soon as nothing will need them any more. */
  readonly expected?: Recording;
}

/** Runs a function and records what TF.js's kernels it calls, its gradients' included. */
export function record(
  inputs: readonly Tensor[],
  compute: () => Tensor[],
  { holdsBack = false, expected }: Options = {},
): Recorded {
  const recorder = new Recorder(inputs, holdsBack, expected);
  const stop = recorder.listen();
  try {
    current = recorder;
    const results = compute();
    return { results, recording: recorder.finish(results), heldBack: recorder.heldBack };
  } catch (error) {
    recorder.disposeOfAll();
    throw error;
  } finally {
    current = null;
    stop();
  }
}

class Recorder {
  readonly #operations: Operation[] = [];
  readonly #constants = new Map<number, Constant>();
  readonly #made = new Map<number, MadeAtStep>();
  /** The numbers of values by the ids of their tensors. */
  readonly #numbers = new Map<number, number>();
  /** What a tensor is a clone of, by its id. Tensors are never changed, so a clone is the same value. */
  readonly #cloned = new Map<number, Tensor>();
  readonly #assigned = new Set<Variable>();
  readonly #inputs: number;
  /** All tensors that have a value: the one that a kernel gave, and its clones. */
  readonly #tensors = new Map<number, Tensor[]>();
  readonly #clonedBefore = new Map<number, number>();
  readonly #places: Place[] = [];
  readonly #blocks = new WeakMap<Tensor['dataId'], number>();
  /** Every tensor that was made, also within kernels. */
  readonly #all: Tensor[] = [];
  readonly heldBack = new Map<Variable, Tensor>();
  readonly #holdsBack: boolean;
  #isHolding = false;
  /** As long as everything is as it was expected. */
  #expected: { readonly operations: readonly Operation[]; readonly lifetimes: Lifetimes } | null;
  #values = 0;
  /** Kernels that are running: some are made of others, which are no concern of a recording. */
  #depth = 0;
  #isComplete = true;

  constructor(inputs: readonly Tensor[], holdsBack: boolean, expected: Recording | undefined) {
    for (const input of inputs) this.#number(input);
    this.#inputs = inputs.length;
    this.#holdsBack = holdsBack;
    this.#expected = expected
      ? { operations: expected.operations, lifetimes: lifetimesOf(expected, expected.cloned) }
      : null;
  }

  /** Puts itself between TF.js's ops and its engine. Returns what takes it away again. */
  listen(): () => void {
    const target = engine();
    const { runKernel, makeTensor } = target;
    const { assign } = Variable.prototype;
    target.runKernel = <T extends Tensor | Tensor[]>(
      kernel: string,
      inputs: NamedTensorMap,
      attrs: NamedAttrMap = {},
    ): T => {
      if (this.#isHolding) return runKernel.call(target, kernel, inputs, attrs) as T;
      const outputs = this.#within(() => runKernel.call(target, kernel, inputs, attrs) as T);
      this.#all.push(...[outputs].flat());
      // TF.js clones what a gradient will need while the kernel that made it still runs.
      if (isCopy(kernel, inputs, outputs)) this.#clone(outputs as Tensor, inputs.x!);
      else if (this.#depth === 0) this.#call(kernel, inputs, attrs, outputs);
      return outputs;
    };
    target.makeTensor = (values, shape, dtype, backend) => {
      const tensor = makeTensor.call(target, values, shape, dtype, backend);
      this.#all.push(tensor);
      if (this.#depth === 0)
        this.#constants.set(this.#number(tensor), { values, shape, dtype: tensor.dtype });
      return tensor;
    };
    const recorder = this;
    Variable.prototype.assign = function (this: Variable, value: Tensor) {
      if (recorder.#holdsBack) recorder.#holdBack(this, value);
      else assign.call(this, value);
      recorder.#assign(this, value);
    };
    return () => {
      // Both were the class's own.
      Reflect.deleteProperty(target, 'runKernel');
      Reflect.deleteProperty(target, 'makeTensor');
      Variable.prototype.assign = assign;
    };
  }

  /** TF.js keeps what gradients will need, and forgets it where they are not reached. */
  disposeOfAll(): void {
    dispose([...this.#all, ...this.heldBack.values()]);
  }

  make<T extends Tensor>(step: number, make: (step: number) => T): T {
    const tensor = this.#within(() => make(step));
    this.#made.set(this.#number(tensor), make);
    return tensor;
  }

  finish(results: readonly Tensor[]): Recording | null {
    const sources = results.map((result) => this.#source(result));
    if (!this.#isComplete) return null;
    return {
      inputs: this.#inputs,
      operations: this.#operations,
      constants: this.#constants,
      made: this.#made,
      results: sources,
      places: this.#places,
      cloned: this.#clonedBefore,
    };
  }

  #call(kernel: string, inputs: NamedTensorMap, attrs: NamedAttrMap, outputs: Tensor | Tensor[]): void {
    const given = Object.entries(inputs).filter(([, tensor]) => tensor != null);
    const list = Array.isArray(outputs) ? outputs : [outputs];
    this.#operations.push({
      kernel,
      attrs,
      inputs: Object.fromEntries(given.map(([name, tensor]) => [name, this.#source(tensor)])),
      takesList: Array.isArray(inputs),
      outputs: list.map((output) => this.#number(output)),
    });
    this.#release();
  }

  #clone(clone: Tensor, tensor: Tensor): void {
    this.#cloned.set(clone.id, tensor);
    let original = tensor;
    while (this.#cloned.has(original.id)) original = this.#cloned.get(original.id)!;
    const value = this.#numbers.get(original.id);
    if (value === undefined) return;
    this.#tensors.get(value)!.push(clone);
    this.#clonedBefore.set(value, this.#operations.length);
  }

  #holdBack(variable: Variable, value: Tensor): void {
    this.heldBack.get(variable)?.dispose();
    // A clone of the recorder's own, that lives on when the value's have been disposed of.
    this.#isHolding = true;
    this.heldBack.set(variable, keep(clone(value)));
    this.#isHolding = false;
  }

  #assign(variable: Variable, value: Tensor): void {
    this.#assigned.add(variable);
    const source = this.#source(value);
    if (typeof source !== 'number') {
      this.#isComplete = false;
      return;
    }
    this.#operations.push({ variable, value: source });
    this.#release();
  }

  /** Disposes of what, as expected, nothing needs after the last operation. */
  #release(): void {
    if (!this.#expected) return;
    const { operations, lifetimes } = this.#expected;
    const index = this.#operations.length - 1;
    if (!isSameCall(this.#operations[index]!, operations[index])) {
      this.#expected = null;
      return;
    }
    for (const value of lifetimes[index]!) dispose(this.#tensors.get(value)!);
  }

  #source(tensor: Tensor): Source {
    const original = this.#cloned.get(tensor.id);
    if (original) {
      // A clone has the value that the variable had before.
      if (original instanceof Variable && this.#assigned.has(original)) this.#isComplete = false;
      return this.#source(original);
    }
    if (tensor instanceof Variable) {
      if (this.heldBack.has(tensor)) this.#isComplete = false;
      return tensor;
    }
    const number = this.#numbers.get(tensor.id);
    if (number !== undefined) return number;
    this.#isComplete = false;
    return -1;
  }

  #number(tensor: Tensor): number {
    this.#numbers.set(tensor.id, this.#values);
    const block = this.#blocks.get(tensor.dataId) ?? this.#values;
    this.#blocks.set(tensor.dataId, block);
    this.#places.push({ block, bytes: tensor.size * util.bytesPerElement(tensor.dtype) });
    this.#tensors.set(this.#values, [tensor]);
    return this.#values++;
  }

  #within<T>(run: () => T): T {
    this.#depth++;
    try {
      return run();
    } finally {
      this.#depth--;
    }
  }
}

/** TF.js reshapes, to be sure, what has its shape already. */
const isCopy = (kernel: string, { x }: NamedTensorMap, outputs: Tensor | Tensor[]) =>
  kernel === Identity || (kernel === Reshape && x!.shape.join() === (outputs as Tensor).shape.join());
