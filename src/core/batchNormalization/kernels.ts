import { getGradient, registerGradient, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { runKernel } from '../customKernels';

/**
 * Batch normalisation with the batch's own statistics: x […,C], gamma, beta [C] → y […,C], the mean [C] and the biased
 * variance [C] of each channel.
 */
export const BatchNormTraining = 'BatchNormTraining';
/** dy […,C], x, gamma, and the mean and the variance that the forward pass gave → dx, dgamma, dbeta. */
export const BatchNormTrainingGrad = 'BatchNormTrainingGrad';

export type BatchNormAttrs = { epsilon: number };

/** What each kernel takes and gives. */
export interface BatchNormKernels {
  BatchNormTraining: {
    inputs: Record<'x' | 'gamma' | 'beta', TensorInfo>;
    attrs: BatchNormAttrs;
    outputs: [y: TensorInfo, mean: TensorInfo, variance: TensorInfo];
  };
  BatchNormTrainingGrad: {
    inputs: Record<'dy' | 'x' | 'gamma' | 'mean' | 'variance', TensorInfo>;
    attrs: BatchNormAttrs;
    outputs: [dx: TensorInfo, dgamma: TensorInfo, dbeta: TensorInfo];
  };
}

/** Pixels and channels of […,C]. */
export function batchNormSize({ shape }: TensorInfo): { pixels: number; channels: number } {
  const channels = shape[shape.length - 1]!;
  return { pixels: shape.slice(0, -1).reduce((product, size) => product * size, 1), channels };
}

if (!getGradient(BatchNormTraining)) {
  // The mean and the variance, as outputs, carry no gradient: they feed the moving statistics only.
  registerGradient({
    kernelName: BatchNormTraining,
    inputsToSave: ['x', 'gamma'],
    outputsToSave: [false, true, true],
    gradFunc: (dys, saved, attrs) => {
      const [dy] = dys as [Tensor, Tensor, Tensor];
      const [x, gamma, mean, variance] = saved as [Tensor, Tensor, Tensor, Tensor];
      const [dx, dgamma, dbeta] = runKernel<BatchNormKernels, 'BatchNormTrainingGrad'>(
        BatchNormTrainingGrad,
        { dy, x, gamma, mean, variance },
        attrs as BatchNormAttrs,
      );
      return { x: () => dx, gamma: () => dgamma, beta: () => dbeta };
    },
  });
}
