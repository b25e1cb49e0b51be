import { add, mean, mul, reshape, rsqrt, square, sub, sum, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { ArgumentError, oneOf, positiveInteger } from '../argumentErrors';
import { type GroupLayout, groupLayouts } from '../geometry';
import type { Tensor6D } from '../operator';
import { arrangeTaps } from './taps';

/** Keeps the deviation of equal logits from 0; far below what float32 tells from the variance of any others. */
const epsilon = 1e-20;

/**
 * Logits as kernels of one size: at each position and group (l − mean) / deviation · √2/K, over the K·K taps, with the
 * unbiased deviation (Decoupled Dynamic Filter Networks, Zhou et al., CVPR 2021). Each kernel sums to 0.
 *
 * @param logits [B,Ho,Wo,K·K·G], K at least 2; its channels are tap·G + group when interleaved, group·K² + tap when
 * contiguous.
 * @returns [B,Ho,Wo,K·K,1,G].
 * @throws ArgumentError
 */
export function filterNormKernels(
  logits: Tensor4D,
  options: { groups?: number; groupLayout?: GroupLayout } = {},
): Tensor6D {
  const groups = positiveInteger('groups', options.groups ?? 1);
  const groupLayout = oneOf('groupLayout', options.groupLayout ?? 'interleaved', groupLayouts);
  const taps = (logits.shape[3] ?? 0) / groups;
  const kernelSize = Math.round(Math.sqrt(taps));
  if (logits.rank !== 4 || kernelSize < 2 || kernelSize ** 2 !== taps)
    throw new ArgumentError('logits', logits.shape, [
      'of shape [batch, height, width, K·K·{0}], K at least 2',
      groups,
    ]);
  return tidy(() => {
    const kernels = arrangeTaps(logits, groups, groupLayout);
    const byTap = reshape(kernels, [-1, taps, groups]);
    const centred = sub(byTap, mean(byTap, 1, true));
    const variance = mul(sum(square(centred), 1, true), 1 / (taps - 1));
    const scale = mul(rsqrt(add(variance, epsilon)), Math.SQRT2 / kernelSize);
    return reshape(mul(centred, scale), kernels.shape);
  });
}
