import * as v from 'valibot';
import { borders, stencilOf } from './border';
import { choice, flag } from './fields';
import { generatorKind, softmaxConstants } from './generator';

/** Local self-attention; the groups are its heads. Stand-alone in the sense of Ramachandran et al. (2019), NATTEN. */
export const attention = generatorKind({
  kind: 'attention',
  title: 'Local self-attention',
  description:
    'Softmax over the window of the products of the position’s query with each pixel’s key; applied to values.',
  options: {
    border: v.optional(
      choice(borders, {
        title: 'Border',
        description:
          'A window that reaches beyond the image sees zeros there (zero), only its part inside (masked), or is pushed inside (clamped).',
      }),
      'masked',
    ),
    positionBias: v.optional(
      flag({
        title: 'Position bias',
        description: 'Adds a learned number per group and offset to the scores.',
      }),
      false,
    ),
  },
  stencilSize: (kernelSize, { border }) => stencilOf(border, kernelSize),
  weights({ channels, kernelSize, groups }, { border, positionBias }) {
    const square = [1, 1, channels, channels];
    return [
      { name: 'query_kernel', shape: square, initializer: 'glorot' },
      { name: 'query_bias', shape: [channels], initializer: 'zeros' },
      { name: 'key_kernel', shape: square, initializer: 'glorot' },
      { name: 'key_bias', shape: [channels], initializer: 'zeros' },
      ...(positionBias
        ? [
            {
              name: 'position_bias' as const,
              shape: [stencilOf(border, kernelSize) ** 2, groups],
              initializer: 'zeros' as const,
            },
          ]
        : []),
    ];
  },
  projections: { value: { useBias: true }, output: { useBias: true } },
  macs({ channels, kernelSize }, { border }) {
    const scores = stencilOf(border, kernelSize) ** 2 * channels;
    return { perInput: channels ** 2, perOutput: channels ** 2 + scores };
  },
  stages: {
    query: {
      title: 'Query',
      description: 'What this position asks for: a 1×1 convolution of the pixel.',
      formula: 'q = W_qᵀ x + b_q',
    },
    keys: {
      title: 'Keys',
      description: 'What each pixel of the window offers: another 1×1 convolution, at every tap.',
      formula: 'kⱼ = W_kᵀ xⱼ + b_k',
    },
    products: {
      title: 'Query · keys',
      description:
        'How far the query agrees with each key: their product within each group, the attention’s heads.',
      formula: 'q · kⱼ',
    },
    scores: {
      title: 'Scores',
      description:
        'The products over √d, where d is the width of a group; where there is a position bias, it is added.',
      formula: 'sⱼ = q · kⱼ / √d + bⱼ',
    },
    kernel: {
      title: 'Softmax',
      description: 'The scores as shares of the window: positive, and 1 in all. They are the kernel.',
      formula: 'exp(sⱼ) / Σᵢ exp(sᵢ)',
    },
  },
  statistic: () => 'entropy',
  constants: () => softmaxConstants,
  generate(
    { x, weights, options, setting, note },
    { tf, atPositions, pointwise, attentionKernels, windowScores },
  ) {
    const query = pointwise(atPositions(x, setting.strides), weights.query_kernel, weights.query_bias);
    const key = pointwise(x, weights.key_kernel, weights.key_bias);
    const { border, positionBias } = options;
    if (note) {
      note('query', query);
      note('keys', key, 'through the window');
      const kernelSize = stencilOf(border, setting.kernelSize);
      const products = windowScores(query, key, { ...setting, kernelSize });
      note('products', products);
      const scores = tf.mul(products, Math.sqrt(setting.groups / setting.channels));
      const [, rows, columns, taps, , groups] = products.shape;
      const flat = tf.reshape(scores, [-1, rows, columns, taps * groups]);
      const added = positionBias ? tf.add(flat, tf.reshape(weights.position_bias, [taps * groups])) : flat;
      note('scores', tf.reshape(added, products.shape));
    }
    const bias = positionBias ? { bias: weights.position_bias } : {};
    return { kernels: attentionKernels(query, key, { ...setting, border, ...bias }) };
  },
});
