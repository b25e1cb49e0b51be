import {
  add,
  mul,
  ones,
  type Rank,
  reshape,
  sub,
  type Tensor,
  type Tensor4D,
  tensor,
  transpose,
} from '@tensorflow/tfjs-core';
import { type GroupLayout, type InvolutionAttributes, involutionGeometry, outputSize } from '../geometry';
import { type Tensor6D, windowScores } from '../operator';
import type { Border } from './border';

/**
 * A generator's channels put in taps-by-groups order, whichever the group layout.
 *
 * @param h [B,Ho,Wo,taps·G].
 * @returns [B,Ho,Wo,taps,1,G].
 */
export function arrangeTaps(h: Tensor4D, groups: number, groupLayout: GroupLayout): Tensor6D {
  const [batch, height, width, channels] = h.shape;
  const taps = channels / groups;
  const grouped =
    groupLayout === 'interleaved'
      ? h
      : transpose(reshape(h, [batch * height * width, groups, taps]), [0, 2, 1]);
  return reshape(grouped, [batch, height, width, taps, 1, groups]);
}

/**
 * The weights of what gives a generator's channels, arranged such that it gives them in taps-by-groups order: as
 * `arrangeTaps` of what they would have given, without moving that.
 *
 * @param weights […,taps·G].
 * @returns […,taps·G], interleaved.
 */
export function arrangeOutputs<T extends Tensor>(weights: T, groups: number, groupLayout: GroupLayout): T {
  if (groupLayout === 'interleaved' || groups === 1) return weights;
  return reshape(
    transpose(reshape(weights, [-1, groups, weights.shape.at(-1)! / groups]), [0, 2, 1]),
    weights.shape,
  ) as T;
}

/** Works on kernels seen as [B, Ho·Wo, taps, G], which stock ops broadcast. */
export function perPosition(kernels: Tensor6D, work: (kernels: Tensor4D) => Tensor): Tensor6D {
  const [batch, height, width, taps, , groups] = kernels.shape;
  return reshape(work(reshape(kernels, [batch, height * width, taps, groups])), kernels.shape);
}

/** Scores of which those that the mask has 0 for get no part in a softmax. */
export function maskScores(scores: Tensor6D, mask: Tensor4D): Tensor6D {
  return perPosition(scores, (byTap) => add(byTap, mul(sub(mask, 1), 1e9)));
}

/**
 * What each window sees of an image, tap by tap: K·K times the memory, so for few channels only.
 *
 * @param x [B,H,W,C].
 * @returns [B,Ho,Wo,K·K,1,C].
 */
export function windowsOf(x: Tensor4D, { kernelSize, strides, padding }: InvolutionAttributes): Tensor6D {
  const [batch, height, width, channels] = x.shape;
  const everyone = ones<Rank.R4>([batch, outputSize(height, strides), outputSize(width, strides), channels]);
  const attributes = { kernelSize, strides, padding, groups: channels, groupLayout: 'interleaved' } as const;
  return windowScores(everyone, x, attributes);
}

/**
 * Which taps of a stencil a position has: 1 or 0, [1, Ho·Wo, S·S, 1].
 *
 * @param stencilSize S: K for `masked` (the taps inside the image), 2K − 1 for `clamped` (a K×K window pushed inside).
 */
export function borderMask(
  border: Exclude<Border, 'zero'>,
  stencilSize: number,
  inputShape: readonly number[],
  attributes: InvolutionAttributes,
): Tensor4D {
  const { kernelSize, strides } = attributes;
  const window = involutionGeometry(inputShape, attributes);
  const stencil = involutionGeometry(inputShape, { ...attributes, kernelSize: stencilSize });
  const along = (positions: number, size: number, windowPad: number, stencilPad: number): number[] =>
    Array.from({ length: positions * stencilSize }, (_, index) => {
      const [position, tap] = [Math.floor(index / stencilSize), index % stencilSize];
      const pixel = position * strides - stencilPad + tap;
      const begin = Math.min(Math.max(position * strides - windowPad, 0), Math.max(size - kernelSize, 0));
      const [from, to] = border === 'clamped' ? [begin, begin + kernelSize] : [0, size];
      return pixel >= from && pixel < Math.min(to, size) ? 1 : 0;
    });
  const { outHeight, outWidth, height, width } = stencil;
  const rows: Tensor = tensor(along(outHeight, height, window.padTop, stencil.padTop), [
    outHeight,
    1,
    stencilSize,
    1,
  ]);
  const columns: Tensor = tensor(along(outWidth, width, window.padLeft, stencil.padLeft), [
    1,
    outWidth,
    1,
    stencilSize,
  ]);
  return reshape(mul(rows, columns), [1, outHeight * outWidth, stencilSize ** 2, 1]);
}
