import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  type Kernel,
  type KernelSet,
  type KernelTensors,
  registerKernels,
  runKernel,
} from '../customKernels';
import type { GroupLayout, InvolutionPadding } from './geometry';

/** x [B,H,W,C], kernel [B,Ho,Wo,K·K,1,G] → y [B,Ho,Wo,C]. */
export const Involution = 'Involution';
/** dy [B,Ho,Wo,C], kernel → dx [B,H,W,C]. */
export const InvolutionInputGrad = 'InvolutionInputGrad';
/** dy, x → dkernel [B,Ho,Wo,K·K,1,G]. */
export const InvolutionKernelGrad = 'InvolutionKernelGrad';
/**
 * The generator 1×1 convolution → batch normalisation → ReLU → 1×1 convolution:
 * x [B,Ho,Wo,C], w0 [C,R], b0, gamma, beta, w1 [R,N], b1, mean, variance → h [B,Ho,Wo,N] and the mean [R] and the
 * biased variance [R] that it normalised with: the batch's in training, the given (moving) ones otherwise.
 */
export const KernelGeneration = 'KernelGeneration';
/**
 * dh [B,Ho,Wo,N], the forward's inputs (mean and variance are the forward's *outputs*) →
 * dx, dw0, db0, dgamma, dbeta, dw1, db1.
 */
export const KernelGenerationGrad = 'KernelGenerationGrad';

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

/** What each kernel takes and gives: the contract between the operator and every engine. */
export interface InvolutionKernels {
  Involution: { inputs: InvolutionInputs; attrs: InvolutionAttrs; outputs: TensorInfo };
  InvolutionInputGrad: {
    inputs: { dy: TensorInfo; kernel: TensorInfo };
    attrs: InvolutionAttrs & { inputShape: number[] };
    outputs: TensorInfo;
  };
  InvolutionKernelGrad: {
    inputs: { dy: TensorInfo; x: TensorInfo };
    attrs: InvolutionAttrs;
    outputs: TensorInfo;
  };
  KernelGeneration: {
    inputs: KernelGenerationInputs;
    attrs: KernelGenerationAttrs;
    outputs: [h: TensorInfo, mean: TensorInfo, variance: TensorInfo];
  };
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

export const registerInvolutionKernels = registerKernels<InvolutionKernels>;

/** Runs a kernel on the current backend, recording it for back-propagation. */
export function runInvolutionKernel<Name extends keyof InvolutionKernels>(
  kernelName: Name,
  inputs: InvolutionKernels[Name]['inputs'],
  attrs: InvolutionKernels[Name]['attrs'],
): KernelResult<Name> {
  return runKernel<InvolutionKernels, Name>(kernelName, inputs, attrs);
}
