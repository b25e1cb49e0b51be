import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { registerMissingKernels } from '../customKernels';
import { ArgumentError } from '../involution/argumentErrors';
import { type BatchNormKernels, runBatchNormKernel } from './kernels';
import { portableBatchNorm } from './portable';

/**
 * Batch normalisation in training (Ioffe & Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing
 * Internal Covariate Shift", 2015): y = γ (x − mean) / √(variance + ε) + β, with each channel's mean and biased variance
 * over all else. Differentiable, once, in x, gamma and beta.
 *
 * @param x […,C].
 * @param gamma [C].
 * @param beta [C].
 * @returns y […,C] and the batch's statistics [C]; no gradient flows through them.
 * @throws ArgumentError when the shapes don't fit each other.
 */
export function batchNormalization<T extends Tensor>(
  x: T,
  gamma: Tensor1D,
  beta: Tensor1D,
  { epsilon }: { epsilon: number },
): [y: T, mean: Tensor1D, variance: Tensor1D] {
  const channels = x.shape[x.rank - 1];
  if (x.rank < 2) throw new ArgumentError('x', x.shape, ['of rank 2 or higher, its channels last']);
  for (const [name, { shape }] of Object.entries({ gamma, beta })) {
    if (shape.length !== 1 || shape[0] !== channels)
      throw new ArgumentError(name, shape, ['of shape [{0}], one for each channel of x', channels!]);
  }
  registerMissingKernels<BatchNormKernels>(portableBatchNorm);
  const outputs = runBatchNormKernel('BatchNormTraining', { x, gamma, beta }, { epsilon });
  return outputs as unknown as [T, Tensor1D, Tensor1D];
}
