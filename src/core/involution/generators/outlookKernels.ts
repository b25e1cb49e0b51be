import { reshape, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import { ArgumentError, positiveInteger } from '../argumentErrors';
import { type KernelOptions, readAttributes } from '../attributes';
import { involutionGeometry } from '../geometry';
import type { Tensor6D } from '../operator';
import { gatherOutlook } from './gatherOutlook';
import { softmaxOverTaps } from './tapSoftmax';
import { arrangeTaps } from './taps';

/**
 * Outlook attention (VOLO, Yuan et al., 2021) as an involution. There each position p *writes*: for every pixel Δ of its
 * window it has a softmax A_p[Δ, ·] over the values in that window, and the K×K patches that overlap at a pixel are
 * added up. Seen from the pixel q that they are written to, that is one kernel of (2K − 1)² taps:
 * H[q, m] = Σ_Δ A_{q−Δ}[Δ, Δ + m]. Far from the border its weights sum to K². Values beyond the image are zeros, and take
 * their share of each softmax; there are no positions that would write from there.
 *
 * @param scores [B,H,W,K⁴·G], before the softmax (VOLO divides by √d); with (Δ·K² + value's tap) for tap, the channels
 * are tap·G + group when interleaved, group·K⁴ + tap when contiguous.
 * @returns [B,H,W,(2K − 1)²,1,G].
 * @throws ArgumentError
 */
export function outlookKernels(scores: Tensor4D, options: Omit<KernelOptions, 'strides'>): Tensor6D {
  const [batch, height, width, channels] = scores.shape;
  const kernelSize = positiveInteger('kernelSize', options.kernelSize);
  const groups = positiveInteger('groups', options.groups ?? 1);
  const expected = kernelSize ** 4 * groups;
  if (scores.rank !== 4 || channels !== expected)
    throw new ArgumentError('scores', scores.shape, ['of shape [batch, height, width, {0}]', expected]);
  const attributes = readAttributes({ ...options, groups }, channels);
  const { padTop, padLeft } = involutionGeometry(scores.shape, attributes);
  const taps = kernelSize ** 2;
  return tidy(() => {
    const byTap = arrangeTaps(scores, groups, attributes.groupLayout);
    // A softmax for each of the window's pixels, which become groups for as long.
    const perPixel = transpose(reshape(byTap, [-1, taps, taps, groups]), [0, 2, 1, 3]);
    const shares = softmaxOverTaps(reshape(perPixel, [batch, height, width, taps, 1, taps * groups]));
    return gatherOutlook(shares, groups, { kernelSize, padTop, padLeft });
  });
}
