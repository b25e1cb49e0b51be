import {
  getBackend,
  getKernel,
  reshape,
  softmax,
  type Tensor,
  type TensorInfo,
  transpose,
} from '@tensorflow/tfjs-core';
import { kernelRunner, registerGradients } from '../../customKernels';
import type { Tensor6D } from '../operator';

/** Softmax over the taps, with its gradient. Optional: an engine that has no such kernels gets stock ops. */
export interface TapSoftmaxKernels {
  /** scores [positions, taps, G] → shares, alike; over the taps they add up to 1. */
  TapSoftmax: { inputs: { scores: TensorInfo }; attrs: Record<never, never>; outputs: TensorInfo };
  /** dshares, shares → dscores = shares · (dshares − Σ over taps of dshares · shares). */
  TapSoftmaxGrad: {
    inputs: { dy: TensorInfo; y: TensorInfo };
    attrs: Record<never, never>;
    outputs: TensorInfo;
  };
}

const run = kernelRunner<TapSoftmaxKernels>();

registerGradients([
  {
    kernelName: 'TapSoftmax',
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({
      scores: () => run('TapSoftmaxGrad', { dy: dy as Tensor, y: y! }, {}),
    }),
  },
]);

/** Softmax over the taps of each position and group. */
export function softmaxOverTaps(scores: Tensor6D): Tensor6D {
  const [batch, height, width, taps, , groups] = scores.shape;
  const byTap = reshape(scores, [batch * height * width, taps, groups]);
  const shares = getKernel('TapSoftmax', getBackend())
    ? run('TapSoftmax', { scores: byTap }, {})
    : transpose(softmax(transpose(byTap, [0, 2, 1])), [0, 2, 1]);
  return reshape(shares, scores.shape);
}
