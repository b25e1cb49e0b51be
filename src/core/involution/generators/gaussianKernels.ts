import {
  add,
  exp,
  mul,
  onesLike,
  reshape,
  square,
  sub,
  type Tensor,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { type KernelOptions, readAttributes } from '../attributes';
import { averagePool } from '../averagePool';
import type { InvolutionAttributes } from '../geometry';
import { type Tensor6D, windowScores } from '../operator';
import { softmaxOverTaps } from './tapSoftmax';
import { borderMask, maskScores, perPosition } from './taps';

export interface GaussianOptions extends KernelOptions {
  /** Divides each kernel by its sum. Default false. */
  normalize?: boolean;
}

/**
 * How alike a position and each pixel in its window are: exp(−½‖x_j − x_i‖²), over the channels of each group (pixel-
 * adaptive filtering, Su et al., CVPR 2019). Taps beyond the image have weight 0; the position's own has 1, so a kernel
 * sums to 1 … K², or, normalised, to 1. The squares are taken apart, ‖x_j‖² + ‖x_i‖² − 2 x_i·x_j, so that nothing is
 * unfolded.
 *
 * @param features [B,H,W,C]; where strides > 1, x_i is the average of s×s pixels.
 * @returns [B,⌈H/s⌉,⌈W/s⌉,K·K,1,G].
 * @throws ArgumentError
 */
export function gaussianKernels(features: Tensor4D, options: GaussianOptions): Tensor6D {
  return tidy(() => {
    const attributes = readAttributes(options, features.shape[features.rank - 1]!);
    const own = attributes.strides > 1 ? averagePool(features, attributes.strides) : features;
    const exponents = mul(squaredDistances(own, features, attributes), -0.5) as Tensor6D;
    const mask = borderMask('masked', attributes.kernelSize, features.shape, attributes);
    if (options.normalize) return softmaxOverTaps(maskScores(exponents, mask));
    return perPosition(exp(exponents), (weights) => mul(weights, mask));
  });
}

/** ‖x_j − x_i‖² [B,Ho,Wo,K·K,1,G]. */
function squaredDistances(own: Tensor4D, features: Tensor4D, attributes: InvolutionAttributes): Tensor {
  const products = windowScores(own, features, attributes);
  const ofNeighbours = windowScores(onesLike(own), square(features), attributes);
  const ofOwn = windowScores(square(own), onesLike(own), { ...attributes, kernelSize: 1, strides: 1 });
  const both = perPosition(ofNeighbours, (lengths) => {
    const [batch, positions, , groups] = lengths.shape;
    return add(lengths, reshape(ofOwn, [batch!, positions!, 1, groups!]));
  });
  return sub(both, mul(products, 2));
}
