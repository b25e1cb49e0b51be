import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { integer } from './fields';
import { generatorKind, type LayerSetting, softmaxConstants } from './generator';
import type { Ops } from './ops';

const [epsilon, momentum] = [1e-3, 0.99];
/** Rows and columns. */
const axes = 2;

/**
 * Pairwise self-attention (Exploring Self-attention for Image Recognition, Zhao et al., CVPR 2020): the relation of a
 * position to each pixel in its window, φx_i − ψx_j and a learned map of their offset, goes through batch normalisation,
 * ReLU, a 1×1 convolution, and the three again; softmax over the taps inside the image.
 *
 * Offsets are in pixels. Beyond the image ψx_j is 0: those relations take part in the batch's statistics.
 */
export const pairwise = generatorKind({
  kind: 'pairwise',
  title: 'Pairwise self-attention',
  description:
    'A small network looks at the difference of the pixel and each neighbour, and at their offset; softmax over the window.',
  options: {
    reductionRatio: v.optional(
      integer({
        title: 'Reduction ratio',
        description: 'Relations are ⌊channels / reduction ratio⌋ wide, one at least.',
        minimum: 1,
      }),
      16,
    ),
  },
  weights(setting, options) {
    const { channels, groups } = setting;
    const width = relationWidth(setting, options);
    const described = width + axes;
    const normalization = (name: 'relation' | 'hidden', size: number) =>
      [
        { name: `${name}_gamma`, shape: [size], initializer: 'ones' },
        { name: `${name}_beta`, shape: [size], initializer: 'zeros' },
        { name: `${name}_mean`, shape: [size], initializer: 'zeros', trainable: false },
        { name: `${name}_variance`, shape: [size], initializer: 'ones', trainable: false },
      ] as const;
    return [
      { name: 'own_kernel', shape: [1, 1, channels, width], initializer: 'glorot' },
      { name: 'own_bias', shape: [width], initializer: 'zeros' },
      { name: 'neighbour_kernel', shape: [1, 1, channels, width], initializer: 'glorot' },
      { name: 'neighbour_bias', shape: [width], initializer: 'zeros' },
      { name: 'offset_kernel', shape: [axes, axes], initializer: 'glorot' },
      ...normalization('relation', described),
      { name: 'hidden_kernel', shape: [described, width], initializer: 'glorot' },
      ...normalization('hidden', width),
      { name: 'score_kernel', shape: [width, groups], initializer: 'glorot' },
      { name: 'score_bias', shape: [groups], initializer: 'zeros' },
    ];
  },
  projections: { value: { useBias: true } },
  macs(setting, options) {
    const { channels, kernelSize, groups } = setting;
    const width = relationWidth(setting, options);
    const perPair = (width + axes) * width + width * groups;
    return { perInput: channels * width, perOutput: channels * width + kernelSize ** 2 * perPair };
  },
  stages: {
    own: {
      title: 'Own features',
      description: 'A 1×1 convolution of the pixel, to be compared with its neighbours’.',
      formula: 'φ(x) = W_φᵀ x + b_φ',
    },
    relations: {
      title: 'Relations',
      description:
        'For each tap, how the pixel’s features differ from the neighbour’s, and a learned map of their offset.',
      formula: '[φ(x) − ψ(xⱼ), P (pᵢ − pⱼ)]',
    },
    hidden: {
      title: 'Hidden',
      description: 'Each relation is normalised, rectified and goes through a 1×1 convolution.',
      formula: 'W_hᵀ max(0, BN(z))',
    },
    scores: {
      title: 'Scores',
      description: 'The same three once more: a number for each tap and group.',
      formula: 'W_sᵀ max(0, BN(z)) + b_s',
    },
    kernel: {
      title: 'Softmax',
      description:
        'The scores as shares of the window: positive, and 1 in all. Taps beyond the image get none.',
      formula: 'exp(sⱼ) / Σᵢ exp(sᵢ)',
    },
  },
  statistic: () => 'entropy',
  constants: () => softmaxConstants,
  generate({ x, weights, setting, training, note }, ops) {
    const { tf, atPositions, pointwise, windowsOf, borderMask, maskScores, softmaxOverTaps } = ops;
    const { kernelSize, strides, groups } = setting;
    const taps = kernelSize ** 2;
    const own = pointwise(atPositions(x, strides), weights.own_kernel, weights.own_bias);
    const neighbours = windowsOf(pointwise(x, weights.neighbour_kernel, weights.neighbour_bias), setting);
    const [batch, rows, columns, width] = own.shape;
    const positions = batch * rows * columns;

    const differences = tf.sub(
      tf.reshape(own, [positions, 1, width]),
      tf.reshape(neighbours, [positions, taps, width]),
    );
    const offsets = tf.matMul(tf.tensor2d(offsetsOf(kernelSize)), weights.offset_kernel as Tensor2D);
    const everywhere = tf.add(tf.zeros([positions, taps, axes]), offsets);
    const relation = tf.reshape<Rank.R2>(tf.concat([differences, everywhere], 2), [
      positions * taps,
      width + axes,
    ]);
    const first = rectify('relation', relation, weights, training, ops);
    const hidden: Tensor2D = tf.matMul(first.y, weights.hidden_kernel as Tensor2D);
    const second = rectify('hidden', hidden, weights, training, ops);
    const logits = tf.add(tf.matMul(second.y, weights.score_kernel as Tensor2D), weights.score_bias);

    const scores = tf.reshape(logits, [batch, rows, columns, taps, 1, groups]);
    if (note) {
      const byTap = (values: Tensor) => tf.reshape(values, [batch, rows, columns, taps, -1]);
      note('own', own);
      note('relations', byTap(relation));
      note('hidden', byTap(hidden));
      note('scores', scores);
    }
    const mask = borderMask('masked', kernelSize, x.shape, setting);
    return {
      kernels: softmaxOverTaps(maskScores(scores as typeof neighbours, mask)),
      ...(training && { moved: { ...first.moved, ...second.moved } }),
    };
  },
});

function relationWidth({ channels }: LayerSetting, { reductionRatio }: { reductionRatio: number }): number {
  return Math.max(1, Math.floor(channels / reductionRatio));
}

/** Of the position from each tap: [K·K, 2], in pixels. */
function offsetsOf(kernelSize: number): number[][] {
  const before = Math.floor((kernelSize - 1) / 2);
  return Array.from({ length: kernelSize ** 2 }, (_, tap) => [
    before - Math.floor(tap / kernelSize),
    before - (tap % kernelSize),
  ]);
}

/** Batch normalisation over the rows of a matrix, then ReLU. */
function rectify<Name extends 'relation' | 'hidden'>(
  name: Name,
  x: Tensor2D,
  weights: Readonly<Record<`${Name}_${'gamma' | 'beta' | 'mean' | 'variance'}`, Tensor>>,
  training: boolean,
  { tf, movingAverage }: Ops,
) {
  const moving = { mean: weights[`${name}_mean`], variance: weights[`${name}_variance`] };
  const { mean, variance } = training ? tf.moments(x, 0) : moving;
  const scale = tf.mul(weights[`${name}_gamma`], tf.rsqrt(tf.add(variance, epsilon)));
  const y = tf.relu(tf.add(tf.mul(tf.sub(x, mean), scale), weights[`${name}_beta`])) as Tensor2D;
  return {
    y,
    moved: {
      [`${name}_mean`]: movingAverage(moving.mean, mean, momentum),
      [`${name}_variance`]: movingAverage(moving.variance, variance, momentum),
    },
  };
}
