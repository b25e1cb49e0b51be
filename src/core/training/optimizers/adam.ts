import {
  add,
  div,
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
import { registerMissingKernels } from '../../customKernels';
import { runTrainingKernel, type TrainingKernel, type TrainingKernels } from '../kernels';
import { flattened, parted } from './flat';
import type { OptimizerKind, Update, Updated } from './optimizerKind';

/** As in Keras. */
export const adamConstants = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** One pass over all parameters laid end to end. */
const portable: TrainingKernel<'AdamStep'> = (inputs, { beta1, beta2, epsilon }) =>
  tidy(() => {
    const [m, v, step, ...rest] = inputs as unknown as [Tensor1D, Tensor1D, Scalar, ...Tensor[]];
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
    registerMissingKernels<Pick<TrainingKernels, 'AdamStep'>>({ AdamStep: portable });
    const inputs = [...slots, stepSize, ...from, ...gradients];
    const [m, v, ...variables] = runTrainingKernel('AdamStep', inputs, adamConstants);
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
