import type { FusedBatchNormAttrs, MaxPoolAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import type { BatchNormAttrs, BatchNormKernels } from '../batchNormalization/kernels';
import type { RankOneKernels } from '../involution/rankOne';

/** What a ReLU gave, where the gradient of what it was given is asked for. */
type Rectified<Contract extends { inputs: object }> = Omit<Contract, 'inputs'> & {
  inputs: Contract['inputs'] & { y: TensorInfo };
};

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
  BatchNormReluTrainingGrad: Rectified<BatchNormKernels['BatchNormTrainingGrad']>;
  /** `FusedBatchNorm` (with the moving statistics), then as `BatchNormReluTraining`. */
  BatchNormRelu: {
    inputs: Record<'x' | 'mean' | 'variance', TensorInfo> &
      Partial<Record<'offset' | 'scale' | 'added', TensorInfo>>;
    attrs: FusedBatchNormAttrs;
    outputs: TensorInfo;
  };
  /** `MaxPoolGrad` where y (what the ReLU gave, as a rule the input itself) is positive, and 0 elsewhere. */
  MaxPoolReluGrad: {
    inputs: Record<'dy' | 'input' | 'output' | 'y', TensorInfo>;
    attrs: MaxPoolAttrs;
    outputs: TensorInfo;
  };
  /** `RankOneInvolution`, rectified, and its gradients: of dy where y is positive, and of 0 elsewhere. */
  RankOneReluInvolution: RankOneKernels['RankOneInvolution'];
  RankOneReluInvolutionGrad: Rectified<RankOneKernels['RankOneInvolutionGrad']>;
  RankOneReluInvolutionInputGrad: Rectified<RankOneKernels['RankOneInvolutionInputGrad']>;
}
