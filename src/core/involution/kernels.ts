import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Kernel, type KernelSet, type KernelTensors, kernelRunner } from '../customKernels';
import type { GroupLayout, InvolutionPadding } from './geometry';

export type InvolutionAttrs = {
  kernelSize: number;
  strides: number;
  groups: number;
  groupLayout: GroupLayout;
  padding: InvolutionPadding;
};
export type KernelGenerationAttrs = { training: boolean; epsilon: number };

export type InvolutionInputs = { x: TensorInfo; kernel: TensorInfo };
export type KernelGenerationInputs = {
  x: TensorInfo;
  w0: TensorInfo;
  b0: TensorInfo;
  gamma: TensorInfo;
  beta: TensorInfo;
  w1: TensorInfo;
  b1: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
};

export interface InvolutionKernels {
  /** x [B,H,W,C], kernel [B,Ho,Wo,K·K,1,G] → y [B,Ho,Wo,C]. */
  Involution: { inputs: InvolutionInputs; attrs: InvolutionAttrs; outputs: TensorInfo };
  /** dy [B,Ho,Wo,C], kernel → dx [B,H,W,C]. */
  InvolutionInputGrad: {
    inputs: { dy: TensorInfo; kernel: TensorInfo };
    attrs: InvolutionAttrs & { inputShape: number[] };
    outputs: TensorInfo;
  };
  /** dy, x → dkernel [B,Ho,Wo,K·K,1,G]. */
  InvolutionKernelGrad: {
    inputs: { dy: TensorInfo; x: TensorInfo };
    attrs: InvolutionAttrs;
    outputs: TensorInfo;
  };
  /**
   * The generator 1×1 convolution → batch normalisation → ReLU → 1×1 convolution:
   * x [B,Ho,Wo,C], w0 [C,R], b0, gamma, beta, w1 [R,N], b1, mean, variance → h [B,Ho,Wo,N] and the mean [R] and the
   * biased variance [R] that it normalised with: the batch's in training, the given (moving) ones otherwise.
   */
  KernelGeneration: {
    inputs: KernelGenerationInputs;
    attrs: KernelGenerationAttrs;
    outputs: [h: TensorInfo, mean: TensorInfo, variance: TensorInfo];
  };
  /**
   * dh [B,Ho,Wo,N], the forward's inputs (mean and variance are the forward's *outputs*) →
   * dx, dw0, db0, dgamma, dbeta, dw1, db1.
   */
  KernelGenerationGrad: {
    inputs: { dh: TensorInfo } & KernelGenerationInputs;
    attrs: KernelGenerationAttrs;
    outputs: [
      dx: TensorInfo,
      dw0: TensorInfo,
      db0: TensorInfo,
      dgamma: TensorInfo,
      dbeta: TensorInfo,
      dw1: TensorInfo,
      db1: TensorInfo,
    ];
  };
}

export type InvolutionKernel<Name extends keyof InvolutionKernels> = Kernel<InvolutionKernels[Name]>;
export type InvolutionKernelSet = KernelSet<InvolutionKernels>;
export type KernelResult<Name extends keyof InvolutionKernels> = KernelTensors<InvolutionKernels[Name]>;

export const runInvolutionKernel = kernelRunner<InvolutionKernels>();
