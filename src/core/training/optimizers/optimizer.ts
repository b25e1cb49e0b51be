import {
  dispose,
  keep,
  type Tensor,
  type Tensor1D,
  tensor1d,
  type Variable,
  zeros,
} from '@tensorflow/tfjs-core';
import type { OptimizerSpec } from '../../runs/hyperParameters';
import { WordedError } from '../../wordedError';
import { optimizerKind } from './kinds';
import type { OptimizerKind } from './optimizerKind';

/** What an optimizer remembers, by the names of its kind: each P floats, in the order of the model's trainable weights. */
export type Slots = Readonly<Record<string, Float32Array>>;

/** An optimizer of some kind over all trainable variables of one model. Owns its slots: `dispose` it. */
export class Optimizer {
  readonly #kind: OptimizerKind;
  #slots: readonly Tensor1D[];

  /** @throws Error when the saved slots are those of another kind of optimizer, or of another model */
  constructor(
    private readonly spec: OptimizerSpec,
    readonly variables: readonly Variable[],
    saved?: Slots,
  ) {
    this.#kind = optimizerKind(spec);
    const parameters = variables.reduce((sum, variable) => sum + variable.size, 0);
    if (saved) this.#assertFit(saved, parameters);
    this.#slots = this.#kind.slots.map((name) => keep(saved ? tensor1d(saved[name]!) : zeros([parameters])));
  }

  /** The `step`-th update (from 1); gradients in the order of the variables. */
  apply(gradients: readonly Tensor[], learningRate: number, step: number): void {
    const { variables } = this;
    const before = this.#slots;
    const updated = this.#kind.update(this.spec, { slots: before, variables, gradients, learningRate, step });
    for (const [i, variable] of variables.entries()) variable.assign(updated.variables[i]!);
    dispose([...before, ...updated.variables]);
    this.#slots = updated.slots.map((slot) => keep(slot));
  }

  /** A copy of its slots. */
  async slots(): Promise<Slots> {
    const values = await Promise.all(this.#slots.map((slot) => slot.data<'float32'>()));
    return Object.fromEntries(this.#kind.slots.map((name, i) => [name, values[i]!.slice()]));
  }

  dispose(): void {
    dispose([...this.#slots]);
  }

  #assertFit(saved: Slots, parameters: number): void {
    const [expected, given] = [this.#kind.slots.join(', '), Object.keys(saved).join(', ')];
    if (given !== expected)
      throw new WordedError([
        'The optimizer that was saved remembers {0}; {1} needs {2}. It belongs to another run.',
        ...[given, this.spec.kind, expected],
      ]);
    for (const [name, { length }] of Object.entries(saved))
      if (length !== parameters)
        throw new WordedError([
          "The optimizer's saved {0} is of {1} parameters; the model has {2}. It belongs to another model.",
          ...[name, length, parameters],
        ]);
  }
}
