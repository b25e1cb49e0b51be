import {
  add,
  div,
  type KernelFunc,
  mul,
  type Scalar,
  scalar,
  sqrt,
  square,
  sub,
  type Tensor,
  type Tensor1D,
  tidy,
} from '@tensorflow/tfjs-core';
import { runTrainingKernel } from '../kernels';
import { flattened, parted } from './flat';
import type { OptimizerKind, Update, Updated } from './optimizerKind';

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
    const gradient = flattened(rest.slice(rest.length / 2));
    const newM = add(m, mul(sub(gradient, m), 1 - beta1));
    const newV = add(v, mul(sub(square(gradient), v), 1 - beta2));
    const changes = parted(div(mul(newM, step), add(sqrt(newV), epsilon)), variables);
    return [newM, newV, ...variables.map((variable, i) => sub(variable, changes[i]!))];
  });

/** Adam with the moments m and v. */
export const adam: OptimizerKind<{ kind: 'adam' }> = {
  slots: ['m', 'v'],
  update: (_, update) => adamUpdate(update, update.variables),
};

/** Adam's step from the values `from` of the variables. */
export function adamUpdate(
  { slots, gradients, learningRate, step }: Update,
  from: readonly Tensor[],
): Updated {
  return tidy(() => {
    const stepSize = scalar(learningRate * biasCorrection(step));
    const [m, v, ...variables] = runTrainingKernel<Tensor[]>(
      adamStepKernel,
      portableAdamStep,
      [...slots, stepSize, ...from, ...gradients],
      adamConstants,
    );
    return { slots: [m as Tensor1D, v as Tensor1D], variables };
  });
}

/**
 * √(1 − β₂ᵗ) / (1 − β₁ᵗ), the powers in float32 as Keras has them: 1 − β₂ is then 10⁻⁵ off, and twenty steps of a
 * convolution network tell the difference.
 */
function biasCorrection(step: number): number {
  const remaining = (beta: number) => 1 - Math.fround(Math.fround(beta) ** step);
  return Math.sqrt(remaining(adamConstants.beta2)) / remaining(adamConstants.beta1);
}
