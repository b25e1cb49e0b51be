import {
  engine,
  getBackend,
  getGradient,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  registerGradient,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { KernelGenerationAttrs, KernelGenerationInputs } from './kernels';
import type { GeneratorWeights } from './operator';

/**
 * Kernel generation and involution in one, for a generator with one hidden value (R = 1) and one group, at strides 1:
 * the kernel of a pixel is b1 + a·w1, and y = x⋆b1 + a·(x⋆w1) is had without it. Optional: an engine that has no such
 * kernels is asked for `KernelGeneration` and `Involution`.
 *
 * x [B,H,W,C], w0 (C values), b0, gamma, beta [1], w1 (K·K values), b1 [K·K], mean, variance [1] → y [B,H,W,C], the
 * mean and the variance that it normalised with (see `KernelGeneration`), and the moving ones after that step:
 * moving · momentum + batch's · (1 − momentum), in training.
 */
export const RankOneInvolution = 'RankOneInvolution';
/**
 * dy, the forward's inputs (mean and variance are the forward's *outputs*) → da [B,H,W,1], the gradient of the hidden
 * value after its normalisation, and dw0, db0, dgamma, dbeta, dw1, db1.
 */
export const RankOneInvolutionGrad = 'RankOneInvolutionGrad';
/** dy, da, dgamma, dbeta and the same inputs → dx. */
export const RankOneInvolutionInputGrad = 'RankOneInvolutionInputGrad';

export type RankOneAttrs = KernelGenerationAttrs & { kernelSize: number; momentum: number };

/** What each kernel takes and gives. */
export interface RankOneKernels {
  RankOneInvolution(
    inputs: KernelGenerationInputs,
    attrs: RankOneAttrs,
  ): [
    y: TensorInfo,
    mean: TensorInfo,
    variance: TensorInfo,
    movingMean: TensorInfo,
    movingVariance: TensorInfo,
  ];
  RankOneInvolutionGrad(
    inputs: KernelGenerationInputs & { dy: TensorInfo },
    attrs: RankOneAttrs,
  ): [
    da: TensorInfo,
    dw0: TensorInfo,
    db0: TensorInfo,
    dgamma: TensorInfo,
    dbeta: TensorInfo,
    dw1: TensorInfo,
    db1: TensorInfo,
  ];
  RankOneInvolutionInputGrad(
    inputs: KernelGenerationInputs & Record<'dy' | 'da' | 'dgamma' | 'dbeta', TensorInfo>,
    attrs: RankOneAttrs,
  ): TensorInfo;
}

if (!getGradient(RankOneInvolution)) {
  registerGradient({
    kernelName: RankOneInvolution,
    inputsToSave: ['x', 'w0', 'b0', 'gamma', 'beta', 'w1', 'b1'],
    outputsToSave: [false, true, true, false, false],
    gradFunc: (dys, saved, attrs) => {
      const [dy] = dys as Tensor[];
      const [x, w0, b0, gamma, beta, w1, b1, mean, variance] = saved as Tensor[];
      const inputs = { dy, x, w0, b0, gamma, beta, w1, b1, mean, variance } as NamedTensorMap;
      const gradients = engine().runKernel(RankOneInvolutionGrad, inputs, attrs) as Tensor[];
      const [da, dw0, db0, dgamma, dbeta, dw1, db1] = gradients as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      return {
        // Not asked for in a network's first layer.
        x: () =>
          engine().runKernel(RankOneInvolutionInputGrad, { ...inputs, da, dgamma, dbeta }, attrs) as Tensor,
        w0: () => dw0,
        b0: () => db0,
        gamma: () => dgamma,
        beta: () => dbeta,
        w1: () => dw1,
        b1: () => db1,
      };
    },
  });
}

/** Whether the current engine has the kernels. */
export function hasRankOneInvolution(): boolean {
  return getKernel(RankOneInvolution, getBackend()) !== undefined;
}

/** `involution(x, kernelGeneration(x))` without the kernels, and the moving statistics after it. */
export function rankOneInvolution(
  x: Tensor4D,
  weights: { [Name in keyof GeneratorWeights]: Tensor },
  attrs: RankOneAttrs,
): { y: Tensor4D; movingMean: Tensor1D; movingVariance: Tensor1D } {
  const [y, , , movingMean, movingVariance] = engine().runKernel(
    RankOneInvolution,
    { x, ...weights } as unknown as NamedTensorMap,
    attrs as unknown as NamedAttrMap,
  ) as unknown as [Tensor4D, Tensor1D, Tensor1D, Tensor1D, Tensor1D];
  return { y, movingMean, movingVariance };
}
