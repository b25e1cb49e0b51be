import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { kernelRunner, registerGradients } from '../customKernels';

export type BatchNormAttrs = { epsilon: number };

export interface BatchNormKernels {
  /**
   * Batch normalisation with the batch's own statistics: x […,C], gamma, beta [C] → y […,C], the mean [C] and the
   * biased variance [C] of each channel.
   */
  BatchNormTraining: {
    inputs: Record<'x' | 'gamma' | 'beta', TensorInfo>;
    attrs: BatchNormAttrs;
    outputs: [y: TensorInfo, mean: TensorInfo, variance: TensorInfo];
  };
  /** dy […,C], x, gamma, and the mean and the variance that the forward pass gave → dx, dgamma, dbeta. */
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

export const runBatchNormKernel = kernelRunner<BatchNormKernels>();

registerGradients([
  {
    // The mean and the variance, as outputs, carry no gradient: they feed the moving statistics only.
    kernelName: 'BatchNormTraining',
    inputsToSave: ['x', 'gamma'],
    outputsToSave: [false, true, true],
    gradFunc: (dys, saved, attrs) => {
      const [dy] = dys as [Tensor, Tensor, Tensor];
      const [x, gamma, mean, variance] = saved as [Tensor, Tensor, Tensor, Tensor];
      const [dx, dgamma, dbeta] = runBatchNormKernel(
        'BatchNormTrainingGrad',
        { dy, x, gamma, mean, variance },
        attrs as BatchNormAttrs,
      );
      return { x: () => dx, gamma: () => dgamma, beta: () => dbeta };
    },
  },
]);
