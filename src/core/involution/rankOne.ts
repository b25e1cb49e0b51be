import {
  getBackend,
  getKernel,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { kernelRunner, registerGradients } from '../customKernels';
import type { KernelGenerationAttrs, KernelGenerationInputs } from './kernels';
import type { GeneratorWeights } from './operator';

export type RankOneAttrs = KernelGenerationAttrs & { kernelSize: number; momentum: number };

/**
 * Kernel generation and involution in one, for a generator with one hidden value (R = 1) and one group, at strides 1:
 * the kernel of a pixel is b1 + a·w1, and y = x⋆b1 + a·(x⋆w1) is had without it. Optional: an engine that has no such
 * kernels is asked for `KernelGeneration` and `Involution`.
 */
export interface RankOneKernels {
  /**
   * x [B,H,W,C], w0 (C values), b0, gamma, beta [1], w1 (K·K values), b1 [K·K], mean, variance [1] → y [B,H,W,C], the
   * mean and the variance that it normalised with (see `KernelGeneration`), and the moving ones after that step:
   * moving · momentum + batch's · (1 − momentum), in training.
   */
  RankOneInvolution: {
    inputs: KernelGenerationInputs;
    attrs: RankOneAttrs;
    outputs: [
      y: TensorInfo,
      mean: TensorInfo,
      variance: TensorInfo,
      movingMean: TensorInfo,
      movingVariance: TensorInfo,
    ];
  };
  /**
   * dy, the forward's inputs (mean and variance are the forward's *outputs*) → da [B,H,W,1], the gradient of the hidden
   * value after its normalisation, and dw0, db0, dgamma, dbeta, dw1, db1.
   */
  RankOneInvolutionGrad: {
    inputs: KernelGenerationInputs & { dy: TensorInfo };
    attrs: RankOneAttrs;
    outputs: [
      da: TensorInfo,
      dw0: TensorInfo,
      db0: TensorInfo,
      dgamma: TensorInfo,
      dbeta: TensorInfo,
      dw1: TensorInfo,
      db1: TensorInfo,
    ];
  };
  /** dy, da, dgamma, dbeta and the same inputs → dx. */
  RankOneInvolutionInputGrad: {
    inputs: KernelGenerationInputs & Record<'dy' | 'da' | 'dgamma' | 'dbeta', TensorInfo>;
    attrs: RankOneAttrs;
    outputs: TensorInfo;
  };
}

const run = kernelRunner<RankOneKernels>();

registerGradients([
  {
    kernelName: 'RankOneInvolution',
    inputsToSave: ['x', 'w0', 'b0', 'gamma', 'beta', 'w1', 'b1'],
    outputsToSave: [false, true, true, false, false],
    gradFunc: (dys, saved, attributes) => {
      const attrs = attributes as RankOneAttrs;
      const [dy] = dys as [Tensor];
      const [x, w0, b0, gamma, beta, w1, b1, mean, variance] = saved as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      const inputs = { dy, x, w0, b0, gamma, beta, w1, b1, mean, variance };
      const [da, dw0, db0, dgamma, dbeta, dw1, db1] = run('RankOneInvolutionGrad', inputs, attrs);
      return {
        // Not asked for in a network's first layer.
        x: () => run('RankOneInvolutionInputGrad', { ...inputs, da, dgamma, dbeta }, attrs),
        w0: () => dw0,
        b0: () => db0,
        gamma: () => dgamma,
        beta: () => dbeta,
        w1: () => dw1,
        b1: () => db1,
      };
    },
  },
]);

/** Whether the current engine has the kernels. */
export function hasRankOneInvolution(): boolean {
  return getKernel('RankOneInvolution', getBackend()) !== undefined;
}

/** `involution(x, kernelGeneration(x))` without the kernels, and the moving statistics after it. */
export function rankOneInvolution(
  x: Tensor4D,
  weights: { [Name in keyof GeneratorWeights]: Tensor },
  attrs: RankOneAttrs,
): { y: Tensor4D; movingMean: Tensor1D; movingVariance: Tensor1D } {
  const [y, , , movingMean, movingVariance] = run('RankOneInvolution', { x, ...weights }, attrs);
  return { y: y as Tensor4D, movingMean: movingMean as Tensor1D, movingVariance: movingVariance as Tensor1D };
}
