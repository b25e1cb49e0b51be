import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { registerGradients, registerMissingKernels } from '../customKernels';
import { ArgumentError, oneOf, positiveInteger } from './argumentErrors';
import { readPadding } from './attributes';
import {
  type GroupLayout,
  groupLayouts,
  type InvolutionAttributes,
  type InvolutionPadding,
  outputSize,
} from './geometry';
import { involutionGradients } from './gradients';
import { runInvolutionKernel } from './kernels';
import { portableInvolution } from './portable';

registerGradients(involutionGradients);

export type Tensor6D = Tensor<Rank.R6>;

export interface InvolutionOptions {
  /** Pixels between windows. Default 1. */
  strides?: number;
  /** Default 'interleaved'. */
  groupLayout?: GroupLayout;
  /** Default 'same'. 'symmetric' needs an odd K. */
  padding?: InvolutionPadding;
}

/**
 * Involution (Li et al., "Involution: Inverting the Inherence of Convolution for Visual Recognition", CVPR 2021):
 * y[b,i,j,c] = Σ_k kernel[b,i,j,k,0,group(c)] · x at the k-th position of the window around (i, j), padded with zeros
 * as TensorFlow's 'SAME' does, or as much on both sides. Differentiable in both inputs, twice.
 *
 * @param x [B,H,W,C].
 * @param kernel [B,⌈H/s⌉,⌈W/s⌉,K·K,1,G], one K×K stencil a position and group; K may be even.
 * @returns [B,⌈H/s⌉,⌈W/s⌉,C].
 * @throws ArgumentError when the shapes don't fit each other.
 */
export function involution(x: Tensor4D, kernel: Tensor6D, options: InvolutionOptions = {}): Tensor4D {
  const strides = positiveInteger('strides', options.strides ?? 1);
  const groupLayout = oneOf('groupLayout', options.groupLayout ?? 'interleaved', groupLayouts);
  if (x.rank !== 4) throw new ArgumentError('x', x.shape, ['of rank 4, [batch, height, width, channels]']);
  const [batch, height, width, channels] = x.shape;
  const [rows, columns] = [outputSize(height, strides), outputSize(width, strides)];
  const [, , , taps = 0, , groups = 0] = kernel.shape;
  const kernelSize = Math.round(Math.sqrt(taps));
  const fits =
    kernel.rank === 6 &&
    kernel.shape[0] === batch &&
    kernel.shape[1] === rows &&
    kernel.shape[2] === columns &&
    kernel.shape[4] === 1 &&
    kernelSize >= 1 &&
    kernelSize ** 2 === taps;
  if (!fits) {
    throw new ArgumentError('kernel', kernel.shape, [
      'of shape [{0}, {1}, {2}, K·K, 1, groups]',
      ...[batch, rows, columns],
    ]);
  }
  if (groups < 1 || channels % groups !== 0) {
    throw new ArgumentError(['groups (the last dimension of kernel)'], groups, [
      "a divisor of x's {0} channels",
      channels,
    ]);
  }
  registerMissingKernels(portableInvolution);
  return runInvolutionKernel(
    'Involution',
    { x, kernel },
    { kernelSize, strides, groups, groupLayout, padding: readPadding(options.padding, kernelSize) },
  ) as Tensor4D;
}

/**
 * How much each position's query agrees with each pixel in its window: s[b,i,j,k,0,g] = Σ over the channels of g of
 * query[b,i,j,·] · key at the k-th position of the window around (i, j); 0 where that lies outside. It is the gradient
 * that an involution of `key` sends to its kernel when `query` is what comes back to it. Differentiable in both inputs,
 * twice; nothing is unfolded.
 *
 * @param query [B,⌈H/s⌉,⌈W/s⌉,C].
 * @param key [B,H,W,C].
 * @returns [B,⌈H/s⌉,⌈W/s⌉,K·K,1,G].
 * @throws ArgumentError when the shapes don't fit each other.
 */
export function windowScores(query: Tensor4D, key: Tensor4D, attributes: InvolutionAttributes): Tensor6D {
  if (key.rank !== 4)
    throw new ArgumentError('key', key.shape, ['of rank 4, [batch, height, width, channels]']);
  const [batch, height, width, channels] = key.shape;
  const { kernelSize, strides, groups, groupLayout, padding } = attributes;
  const expected = [batch, outputSize(height, strides), outputSize(width, strides), channels];
  if (query.rank !== 4 || query.shape.some((side, axis) => side !== expected[axis]))
    throw new ArgumentError('query', query.shape, ['of shape [{0}]', expected.join(', ')]);
  registerMissingKernels(portableInvolution);
  return runInvolutionKernel(
    'InvolutionKernelGrad',
    { dy: query, x: key },
    { kernelSize, strides, groups, groupLayout, padding },
  ) as Tensor6D;
}

/** The weights of a kernel generator: C input channels are reduced to R, then spanned to N = K·K·G. */
export interface GeneratorWeights {
  /** [C,R] and [R]. */
  w0: Tensor2D;
  b0: Tensor1D;
  /** Batch normalisation, [R] each. */
  gamma: Tensor1D;
  beta: Tensor1D;
  /** [R,N] and [N]. */
  w1: Tensor2D;
  b1: Tensor1D;
  /** Moving statistics, [R] each: what is normalised with outside of training. */
  mean: Tensor1D;
  variance: Tensor1D;
}

/**
 * Generates involution kernels from an image: 1×1 convolution → batch normalisation → ReLU → 1×1 convolution.
 * Differentiable, once, in x and in all weights but the moving statistics.
 *
 * @param x [B,Ho,Wo,C].
 * @returns [h [B,Ho,Wo,N], mean [R], variance [R]]: the statistics are those used, in training the batch's own, with
 * the biased variance; no gradient flows through them.
 */
export function kernelGeneration(
  x: Tensor4D,
  weights: GeneratorWeights,
  { training, epsilon }: { training: boolean; epsilon: number },
): [h: Tensor4D, mean: Tensor1D, variance: Tensor1D] {
  registerMissingKernels(portableInvolution);
  return runInvolutionKernel('KernelGeneration', { x, ...weights }, { training, epsilon }) as [
    Tensor4D,
    Tensor1D,
    Tensor1D,
  ];
}
