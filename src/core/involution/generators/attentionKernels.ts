import { add, mul, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { ArgumentError, oneOf } from '../argumentErrors';
import { type KernelOptions, readAttributes } from '../attributes';
import { type Tensor6D, windowScores } from '../operator';
import { type Border, borders, stencilOf } from './border';
import { softmaxOverTaps } from './tapSoftmax';
import { borderMask, maskScores, perPosition } from './taps';

export interface AttentionOptions extends KernelOptions {
  /** Default 'masked'. */
  border?: Border;
  /** [S·S,G], added to the scores: a relative position bias. */
  bias?: Tensor;
}

/**
 * The kernels of local self-attention: softmax over the window of query·key / √d, d = C / groups. Applied to values by
 * `involution(value, kernels)` they are it, whole. The scores are what an involution's kernel would receive as gradient
 * (of keys, from the queries), so nothing is unfolded, neither here nor in the gradients.
 *
 * With `border: 'zero'` a window's taps beyond the image score 0 and take probability mass, e⁰ each before the softmax
 * divides; at a corner of a 3×3 window that is five of nine. 'masked' and 'clamped' have none such.
 *
 * @param query [B,⌈H/s⌉,⌈W/s⌉,C].
 * @param key [B,H,W,C].
 * @returns [B,⌈H/s⌉,⌈W/s⌉,S·S,1,G], S = K, or 2K − 1 when clamped (then those beyond the K×K window are 0).
 * @throws ArgumentError
 */
export function attentionKernels(query: Tensor4D, key: Tensor4D, options: AttentionOptions): Tensor6D {
  const { border = 'masked', bias } = options;
  return tidy(() => {
    const attributes = readAttributes(options, key.shape[key.rank - 1]!);
    const { groups, kernelSize } = attributes;
    const stencilSize = stencilOf(oneOf('border', border, borders), kernelSize);
    const scaled = mul(query, Math.sqrt(groups / query.shape[query.rank - 1]!)) as Tensor4D;
    const scores = windowScores(scaled, key, { ...attributes, kernelSize: stencilSize });
    const biased = bias ? addBias(scores, bias) : scores;
    if (border === 'zero') return softmaxOverTaps(biased);
    return softmaxOverTaps(maskScores(biased, borderMask(border, stencilSize, key.shape, attributes)));
  });
}

function addBias(scores: Tensor6D, bias: Tensor): Tensor6D {
  const [, , , taps, , groups] = scores.shape;
  if (bias.rank !== 2 || bias.shape[0] !== taps || bias.shape[1] !== groups)
    throw new ArgumentError('bias', bias.shape, ['of shape [{0}, {1}], taps by groups', taps, groups]);
  return perPosition(scores, (byTap) => add(byTap, bias));
}
