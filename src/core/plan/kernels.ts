import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BatchNormAttrs } from '../batchNormalization/kernels';

/** Kernels that only plans ask for, in place of several others, and only where the engine has them (`fusions.ts`). */
export interface FusedKernels {
  /** a, b → max(a + b, 0). */
  AddRelu: { inputs: Record<'a' | 'b', TensorInfo>; attrs: object; outputs: TensorInfo };
  /** `BatchNormTraining`, then added to `added` […,C] where there is one, and rectified. */
  BatchNormReluTraining: {
    inputs: Record<'x' | 'gamma' | 'beta', TensorInfo> & { added?: TensorInfo };
    attrs: BatchNormAttrs;
    outputs: [y: TensorInfo, mean: TensorInfo, variance: TensorInfo];
  };
  /** `BatchNormTrainingGrad` of dy where y (what the ReLU gave) is positive, and of 0 elsewhere. */
  BatchNormReluTrainingGrad: {
    inputs: Record<'dy' | 'y' | 'x' | 'gamma' | 'mean' | 'variance', TensorInfo>;
    attrs: BatchNormAttrs;
    outputs: [dx: TensorInfo, dgamma: TensorInfo, dbeta: TensorInfo];
  };
}
