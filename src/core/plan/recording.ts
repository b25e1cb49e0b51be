import {
  engine,
  Identity,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  Variable,
} from '@tensorflow/tfjs-core';

/** Where an input comes from: the number of a value of the recording, or a variable, which has another value each time. */
export type Source = number | Variable;

export interface KernelCall {
  readonly kernel: string;
  readonly attrs: NamedAttrMap;
  /** Of kernels that take a list, under its indices. */
  readonly inputs: Readonly<Record<string, Source>>;
  readonly takesList: boolean;
  readonly outputs: readonly number[];
}

/** A variable gets a value while the function runs, as moving statistics do. */
export interface Assignment {
  readonly variable: Variable;
  readonly value: number;
}

export type Operation = KernelCall | Assignment;

export const sourcesOf = (operation: Operation): readonly Source[] =>
  'kernel' in operation ? Object.values(operation.inputs) : [operation.value];

type Values = Parameters<ReturnType<typeof engine>['makeTensor']>[0];

/** What JavaScript gave to the engine: the same each time. */
export interface Constant {
  readonly values: Values;
  readonly shape: readonly number[];
  readonly dtype: Tensor['dtype'];
}

/** What JavaScript gives to the engine anew at each step, such as the values that are dropped. */
export type MadeAtStep = (step: number) => Tensor;

/**
 * What a function of tensors had the engine do, in order. Values have numbers: those of the function's inputs come first;
 * constants, what is made at each step and what kernels give follow as they came up.
 */
export interface Recording {
  readonly inputs: number;
  readonly operations: readonly Operation[];
  readonly constants: ReadonlyMap<number, Constant>;
  readonly made: ReadonlyMap<number, MadeAtStep>;
  readonly results: readonly Source[];
}

let current: Recorder | null = null;

/**
 * A tensor that depends on the step's number alone: `make(step)`. A function that makes tensors from JavaScript's values
 * says so by this, if they are not the same at each step.
 */
export function madeAtStep<T extends Tensor>(step: number, make: (step: number) => T): T {
  return current ? current.make(step, make) : make(step);
}

/**
 * Runs a function and records what TF.js's kernels it calls, its gradients' included.
 * @returns its results, and the recording; null if it used a tensor of which nothing is known.
 */
export function record(
  inputs: readonly Tensor[],
  compute: () => Tensor[],
): { results: Tensor[]; recording: Recording | null } {
  const recorder = new Recorder(inputs);
  const stop = recorder.listen();
  try {
    current = recorder;
    const results = compute();
    return { results, recording: recorder.finish(results) };
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
  #values = 0;
  /** Kernels that are running: some are made of others, which are no concern of a recording. */
  #depth = 0;
  #isComplete = true;

  constructor(inputs: readonly Tensor[]) {
    for (const input of inputs) this.#number(input);
    this.#inputs = inputs.length;
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
      const outputs = this.#within(() => runKernel.call(target, kernel, inputs, attrs) as T);
      // TF.js clones what a gradient will need while the kernel that made it still runs.
      if (kernel === Identity) this.#cloned.set((outputs as Tensor).id, inputs.x!);
      else if (this.#depth === 0) this.#call(kernel, inputs, attrs, outputs);
      return outputs;
    };
    target.makeTensor = (values, shape, dtype, backend) => {
      const tensor = makeTensor.call(target, values, shape, dtype, backend);
      if (this.#depth === 0)
        this.#constants.set(this.#number(tensor), { values, shape, dtype: tensor.dtype });
      return tensor;
    };
    const recorder = this;
    Variable.prototype.assign = function (this: Variable, value: Tensor) {
      assign.call(this, value);
      recorder.#assign(this, value);
    };
    return () => {
      // Both were the class's own.
      Reflect.deleteProperty(target, 'runKernel');
      Reflect.deleteProperty(target, 'makeTensor');
      Variable.prototype.assign = assign;
    };
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
  }

  #assign(variable: Variable, value: Tensor): void {
    this.#assigned.add(variable);
    const source = this.#source(value);
    if (typeof source === 'number') this.#operations.push({ variable, value: source });
    else this.#isComplete = false;
  }

  #source(tensor: Tensor): Source {
    const original = this.#cloned.get(tensor.id);
    if (original) {
      // A clone has the value that the variable had before.
      if (original instanceof Variable && this.#assigned.has(original)) this.#isComplete = false;
      return this.#source(original);
    }
    if (tensor instanceof Variable) return tensor;
    const number = this.#numbers.get(tensor.id);
    if (number !== undefined) return number;
    this.#isComplete = false;
    return -1;
  }

  #number(tensor: Tensor): number {
    this.#numbers.set(tensor.id, this.#values);
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
