import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Kernel, kernelRunner } from '../customKernels';

export interface TrainingKernels {
  /**
   * logits [B,N], labels, int32 [B] → the mean loss; its gradient (softmax − one-hot) / B [B,N]; how many labels are the
   * (first) largest logit, a float32 scalar.
   */
  SparseSoftmaxCrossEntropy: {
    inputs: Record<'logits' | 'labels', TensorInfo>;
    attrs: object;
    outputs: [loss: TensorInfo, gradient: TensorInfo, correct: TensorInfo];
  };
  /**
   * m, v, step size, then every variable, then every variable's gradient → the new m, v and variables. m and v are
   * float32 [P]: the moments of all P parameters, the variables one after the other. An engine may update in place and
   * return the tensors it was given (as `Identity` does, their reference counts raised): nobody else holds the old values.
   *
   *   m ← m + (g − m)(1 − β₁)    v ← v + (g² − v)(1 − β₂)    w ← w − step · m / (√v + ε)
   */
  AdamStep: {
    inputs: readonly TensorInfo[];
    attrs: { readonly beta1: number; readonly beta2: number; readonly epsilon: number };
    outputs: TensorInfo[];
  };
  /**
   * No inputs → float32 of that shape, [B,H,W,C], each byte / 255, correctly rounded. The bytes, in that order, are an
   * attribute because TF.js has no tensors of bytes, and to make integers of them first costs more than all the rest.
   */
  NormalizePixels: {
    inputs: object;
    attrs: { readonly bytes: Uint8Array; readonly shape: [number, number, number, number] };
    outputs: TensorInfo;
  };
}

export type TrainingKernel<Name extends keyof TrainingKernels> = Kernel<TrainingKernels[Name]>;

export const runTrainingKernel = kernelRunner<TrainingKernels>();
