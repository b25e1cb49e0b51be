import type { Tensor1D } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { flag, fraction, integer, positive } from './fields';
import { type Generation, generatorKind, type LayerSetting } from './generator';
import { misfits } from './misfits';
import type { Ops } from './ops';

/**
 * The Keras example's generator, and the paper's: 1×1 convolution to R = ⌊width / r⌋ → batch normalisation → ReLU →
 * 1×1 convolution to K·K·G. Weights in Keras's order. The paper's code has r 4, no bias in the reduction, ε 1e-5.
 */
export const bottleneck = generatorKind({
  kind: 'bottleneck',
  title: 'Bottleneck',
  description:
    'The pixel’s channels are reduced, normalised, rectified and spanned to the kernel’s weights, as in the paper.',
  options: {
    channels: v.optional(
      v.nullable(
        integer({
          title: 'Channels',
          description:
            "The width that the reduction is taken from (the Keras example's channel). Default: the input's channels.",
          minimum: 1,
        }),
      ),
      null,
    ),
    reductionRatio: v.optional(
      integer({
        title: 'Reduction ratio',
        description: 'The generator is ⌊channels / reduction ratio⌋ wide.',
        minimum: 1,
      }),
      1,
    ),
    reductionBias: v.optional(
      flag({
        title: 'Reduction bias',
        description:
          'A bias in the reduction. The normalisation takes it away again; the Keras example has it, the paper has not.',
      }),
      true,
    ),
    epsilon: v.optional(
      positive({
        title: 'ε',
        description: 'Added to the variance that batch normalisation divides by.',
      }),
      1e-3,
    ),
    momentum: v.optional(
      fraction({ title: 'Momentum', description: 'What moving statistics keep of themselves at each step.' }),
      0.99,
    ),
  },
  misfit({ channels }, options) {
    const width = options.channels ?? channels;
    if (width === null || options.reductionRatio <= width) return null;
    return {
      argument: 'reductionRatio',
      received: options.reductionRatio,
      allowed: [misfits.channels, width],
      nearest: width,
    };
  },
  weights(setting, options) {
    const { channels, kernelSize, groups } = setting;
    const width = hiddenWidth(setting, options);
    const outputs = kernelSize ** 2 * groups;
    return [
      { name: 'conv1_kernel', shape: [1, 1, channels, width], initializer: 'glorot' },
      ...(options.reductionBias
        ? [{ name: 'conv1_bias' as const, shape: [width], initializer: 'zeros' as const }]
        : []),
      { name: 'gamma', shape: [width], initializer: 'ones' },
      { name: 'beta', shape: [width], initializer: 'zeros' },
      { name: 'conv2_kernel', shape: [1, 1, width, outputs], initializer: 'glorot' },
      { name: 'conv2_bias', shape: [outputs], initializer: 'zeros' },
      { name: 'moving_mean', shape: [width], initializer: 'zeros', trainable: false },
      { name: 'moving_variance', shape: [width], initializer: 'ones', trainable: false },
    ];
  },
  macs(setting, options) {
    const { channels, kernelSize, groups } = setting;
    const width = hiddenWidth(setting, options);
    return { perInput: 0, perOutput: channels * width + width * kernelSize ** 2 * groups };
  },
  stages: {
    reduced: {
      title: 'Reduction',
      description: 'A 1×1 convolution takes the pixel’s channels to a few numbers.',
      formula: 'W₀ᵀ x + b₀',
    },
    normalized: {
      title: 'Batch normalisation',
      description: 'Each number is centred and scaled by the statistics that training gathered of it.',
      formula: 'γ (z − μ) / √(σ² + ε) + β',
    },
    rectified: {
      title: 'ReLU',
      description: 'What is negative becomes 0.',
      formula: 'max(0, z)',
    },
    kernel: {
      title: 'Span',
      description: 'A second 1×1 convolution spans these numbers to the K×K weights of each group’s kernel.',
      formula: 'W₁ᵀ z + b₁',
    },
  },
  statistic: () => 'sum',
  generate(generation, ops) {
    const { weights, options, setting, training, note } = generation;
    const { groups, groupLayout, strides } = setting;
    const { w0, w1, b1, ...rest } = named(weights, ops);
    const arranged = {
      w1: ops.arrangeOutputs(ops.asMatrix(w1), groups, groupLayout),
      b1: ops.arrangeOutputs(b1, groups, groupLayout),
    };
    const [h, mean, variance] = ops.kernelGeneration(
      ops.atPositions(generation.x, strides),
      { w0: ops.asMatrix(w0), ...arranged, ...rest },
      { training, epsilon: options.epsilon },
    );
    if (note) noteHidden(generation, ops);
    const kernels = ops.arrangeTaps(h, groups, 'interleaved');
    if (!training) return { kernels };
    return {
      kernels,
      moved: {
        moving_mean: ops.movingAverage(weights.moving_mean, mean, options.momentum),
        moving_variance: ops.movingAverage(weights.moving_variance, variance, options.momentum),
      },
    };
  },
  /** A generator of one hidden value for one group: see rankOne.ts. */
  fused({ weights, options, setting, training }, value, ops) {
    const { strides, groups, kernelSize } = setting;
    const isRankOne = strides === 1 && groups === 1 && hiddenWidth(setting, options) === 1;
    if (!isRankOne || !ops.hasRankOneInvolution()) return null;
    const { epsilon, momentum } = options;
    const attributes = { training, epsilon, momentum, kernelSize };
    const { y, movingMean, movingVariance } = ops.rankOneInvolution(value, named(weights, ops), attributes);
    if (!training) return { output: y };
    return { output: y, moved: { moving_mean: movingMean, moving_variance: movingVariance } };
  },
});

interface Options {
  readonly channels: number | null;
  readonly reductionRatio: number;
  readonly epsilon: number;
}
type WeightName =
  | 'conv1_kernel'
  | 'conv1_bias'
  | 'gamma'
  | 'beta'
  | 'conv2_kernel'
  | 'conv2_bias'
  | 'moving_mean'
  | 'moving_variance';
type Weights = Generation<Options, WeightName>['weights'];

function hiddenWidth({ channels }: LayerSetting, options: Options): number {
  return Math.floor((options.channels ?? channels) / options.reductionRatio);
}

/** The weights as the engines know them; its 1×1 convolutions' kernels are still [1,1,A,B]. */
function named(weights: Weights, { tf }: Ops) {
  return {
    w0: weights.conv1_kernel,
    b0: (weights.conv1_bias ?? tf.zerosLike(weights.gamma)) as Tensor1D,
    gamma: weights.gamma as Tensor1D,
    beta: weights.beta as Tensor1D,
    w1: weights.conv2_kernel,
    b1: weights.conv2_bias as Tensor1D,
    mean: weights.moving_mean as Tensor1D,
    variance: weights.moving_variance as Tensor1D,
  };
}

/** The same again, step by step and with the moving statistics: engines keep what is hidden to themselves. */
function noteHidden(
  { x, weights, options, setting, note }: Generation<Options, WeightName>,
  { tf, atPositions, pointwise }: Ops,
): void {
  const reduced = pointwise(atPositions(x, setting.strides), weights.conv1_kernel, weights.conv1_bias);
  const deviation = tf.sqrt(tf.add(weights.moving_variance, options.epsilon));
  const centred = tf.div(tf.sub(reduced, weights.moving_mean), deviation);
  const normalized = tf.add(tf.mul(centred, weights.gamma), weights.beta);
  note?.('reduced', reduced);
  note?.('normalized', normalized);
  note?.('rectified', tf.relu(normalized));
}
