import {
  add,
  concat1d,
  dispose,
  div,
  type KernelFunc,
  keep,
  mul,
  type Rank,
  reshape,
  type Scalar,
  scalar,
  split,
  sqrt,
  square,
  sub,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tidy,
  type Variable,
  zeros,
} from '@tensorflow/tfjs-core';
import { runTrainingKernel } from './kernels';

/**
 * Kernel name. Inputs, an array: m, v, step size, then every variable, then every variable's gradient. m and v are
 * float32 [P]: the moments of all P parameters, the variables one after the other. Outputs: the new m, v and variables.
 * Attributes: {beta1, beta2, epsilon}. An engine may update in place and return the tensors it was given (as `Identity`
 * does, their reference counts raised): nobody else holds the old values.
 *
 *   m ← m + (g − m)(1 − β₁)    v ← v + (g² − v)(1 − β₂)    w ← w − step · m / (√v + ε)
 */
export const adamStepKernel = 'AdamStep';

/** As in Keras. */
export const adamConstants = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** One pass over all parameters laid end to end. */
const portableAdamStep: KernelFunc = ({ inputs, attrs }) =>
  tidy(() => {
    const { beta1, beta2, epsilon } = attrs as typeof adamConstants;
    const [m, v, step, ...rest] = Object.values(inputs) as [Tensor1D, Tensor1D, Scalar, ...Tensor[]];
    const variables = rest.slice(0, rest.length / 2);
    const gradient = concat1d(rest.slice(rest.length / 2).map((g) => reshape(g, [g.size])));
    const newM = add(m, mul(sub(gradient, m), 1 - beta1));
    const newV = add(v, mul(sub(square(gradient), v), 1 - beta2));
    const change = div(mul(newM, step), add(sqrt(newV), epsilon));
    const changes = split(
      change,
      variables.map((variable) => variable.size),
    );
    const updated = variables.map((variable, i) => sub(variable, reshape(changes[i]!, variable.shape)));
    return [newM, newV, ...updated];
  });

/** Adam's moments as they are saved: each P floats, in the order of the model's trainable weights. */
export interface AdamMoments {
  readonly m: Float32Array;
  readonly v: Float32Array;
}

/** Adam with Keras's formula over all trainable variables of one model at once. Owns its moments: `dispose` it. */
export class Adam {
  #m: Tensor1D;
  #v: Tensor1D;

  constructor(
    readonly variables: readonly Variable[],
    moments?: AdamMoments,
  ) {
    const parameters = variables.reduce((sum, variable) => sum + variable.size, 0);
    if (moments && (moments.m.length !== parameters || moments.v.length !== parameters))
      throw new Error(
        `Adam's saved moments are of ${moments.m.length} parameters; the model has ${parameters}. They belong to another model.`,
      );
    this.#m = keep(moments ? tensor1d(moments.m) : zeros<Rank.R1>([parameters]));
    this.#v = keep(moments ? tensor1d(moments.v) : zeros<Rank.R1>([parameters]));
  }

  /** The `step`-th update (from 1); gradients in the order of the variables. */
  apply(gradients: readonly Tensor[], learningRate: number, step: number): void {
    const stepSize = scalar(learningRate * biasCorrection(step));
    const [m, v, ...updated] = runTrainingKernel<Tensor[]>(
      adamStepKernel,
      portableAdamStep,
      [this.#m, this.#v, stepSize, ...this.variables, ...gradients],
      adamConstants,
    );
    for (const [i, variable] of this.variables.entries()) variable.assign(updated[i]!);
    dispose([this.#m, this.#v, stepSize, updated]);
    this.#m = keep(m as Tensor1D);
    this.#v = keep(v as Tensor1D);
  }

  async moments(): Promise<AdamMoments> {
    const [m, v] = await Promise.all([this.#m.data<'float32'>(), this.#v.data<'float32'>()]);
    return { m: m.slice(), v: v.slice() };
  }

  dispose(): void {
    dispose([this.#m, this.#v]);
  }
}

/**
 * √(1 − β₂ᵗ) / (1 − β₁ᵗ), the powers in float32 as Keras has them: 1 − β₂ is then 10⁻⁵ off, and twenty steps of a
 * convolution network tell the difference.
 */
function biasCorrection(step: number): number {
  const remaining = (beta: number) => 1 - Math.fround(Math.fround(beta) ** step);
  return Math.sqrt(remaining(adamConstants.beta2)) / remaining(adamConstants.beta1);
}
