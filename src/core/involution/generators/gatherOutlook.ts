import {
  add,
  getBackend,
  getKernel,
  pad,
  reshape,
  slice,
  type Tensor,
  type Tensor4D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { kernelRunner, registerGradients } from '../../customKernels';
import type { Tensor6D } from '../operator';

export type OutlookAttrs = { kernelSize: number; padTop: number; padLeft: number };

/** What positions write, gathered, with its gradient. Optional: an engine that has no such kernels gets stock ops. */
export interface OutlookKernels {
  /**
   * shares [B,H,W,K²,K²,G], of each position p the share A_p[Δ, tap] at [tap, Δ] → kernels [B,H,W,(2K − 1)²,1,G] of the
   * pixels that are written to: at q, the tap that Δ and A's tap come to, the sum over Δ of A_{q−Δ}[Δ, tap].
   */
  GatherOutlook: { inputs: { shares: TensorInfo }; attrs: OutlookAttrs; outputs: TensorInfo };
  /** dkernels → dshares. */
  GatherOutlookGrad: { inputs: { dy: TensorInfo }; attrs: OutlookAttrs; outputs: TensorInfo };
}

const run = kernelRunner<OutlookKernels>();

registerGradients([
  {
    kernelName: 'GatherOutlook',
    gradFunc: (dy, _saved, attrs) => ({
      shares: () => run('GatherOutlookGrad', { dy: dy as Tensor }, attrs as OutlookAttrs),
    }),
  },
]);

/** @param shares [B,H,W,K²,1,K²·G], over its taps they add up to 1. */
export function gatherOutlook(shares: Tensor6D, groups: number, attrs: OutlookAttrs): Tensor6D {
  const [batch, height, width, taps] = shares.shape;
  if (getKernel('GatherOutlook', getBackend()))
    return run(
      'GatherOutlook',
      { shares: reshape(shares, [batch, height, width, taps, taps, groups]) },
      attrs,
    ) as Tensor6D;
  const { kernelSize, padTop, padLeft } = attrs;
  const stencil = 2 * kernelSize - 1;
  const byPixel = reshape(shares, [-1, kernelSize, kernelSize, taps * groups]);
  const written = Array.from({ length: taps }, (_, index) => {
    const [u, v] = [Math.floor(index / kernelSize), index % kernelSize];
    const share = slice(byPixel, [0, 0, 0, index * groups], [-1, -1, -1, groups]);
    // From the window of the position that writes to that of the pixel (u, v) that it writes to.
    const centred = pad(share, [
      [0, 0],
      [kernelSize - 1 - u, u],
      [kernelSize - 1 - v, v],
      [0, 0],
    ]);
    const kernels = reshape(centred, [batch, height, width, stencil ** 2 * groups]);
    return shifted(kernels as Tensor4D, u - padTop, v - padLeft);
  });
  const sum = written.reduce((total, each) => add(total, each));
  return reshape(sum, [batch, height, width, stencil ** 2, 1, groups]);
}

/** What lies at (i, j) comes to (i + down, j + right); zeros come in. */
function shifted(x: Tensor4D, down: number, right: number): Tensor4D {
  const [, height, width] = x.shape;
  const around = pad(x, [
    [0, 0],
    [Math.max(down, 0), Math.max(-down, 0)],
    [Math.max(right, 0), Math.max(-right, 0)],
    [0, 0],
  ]);
  return slice(around, [0, Math.max(-down, 0), Math.max(-right, 0), 0], [-1, height, width, -1]);
}
