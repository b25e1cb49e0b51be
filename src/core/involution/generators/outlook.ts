import { generatorKind } from './generator';
import { misfits } from './misfits';

/** VOLO's outlook attention; the groups are its heads. */
export const outlook = generatorKind({
  kind: 'outlook',
  title: 'Outlook attention',
  description:
    'Each position writes a K×K patch of weighted values, weighted by itself alone; the patches that overlap are added up.',
  options: {},
  misfit: ({ strides }) =>
    strides === 1 ? null : { argument: 'strides', received: strides, allowed: [misfits.strides], nearest: 1 },
  stencilSize: (kernelSize) => 2 * kernelSize - 1,
  weights({ channels, kernelSize, groups }) {
    const outputs = kernelSize ** 4 * groups;
    return [
      { name: 'attention_kernel', shape: [1, 1, channels, outputs], initializer: 'glorot' },
      { name: 'attention_bias', shape: [outputs], initializer: 'zeros' },
    ];
  },
  projections: { value: { useBias: false }, output: { useBias: true } },
  macs: ({ channels, kernelSize, groups }) => ({
    perInput: 0,
    perOutput: channels * kernelSize ** 4 * groups,
  }),
  stages: {
    scores: {
      title: 'Scores',
      description:
        'One 1×1 convolution: for each pixel of the window that the position writes to, a score for every tap.',
      formula: '(Wᵀ x + b) / √d',
    },
    kernel: {
      title: 'Softmax, gathered',
      description: 'What all positions around write to this pixel, as shares of their windows, added up.',
      formula: 'Σ_Δ softmax(s at q − Δ)[Δ, ·]',
    },
  },
  statistic: () => 'centre',
  generate({ x, weights, setting, note }, { tf, pointwise, arrangeTaps, outlookKernels }) {
    const { channels, groups, groupLayout } = setting;
    const scores = pointwise(x, weights.attention_kernel, weights.attention_bias);
    const scaled = tf.mul(scores, Math.sqrt(groups / channels)) as typeof scores;
    note?.('scores', arrangeTaps(scaled, groups, groupLayout));
    return { kernels: outlookKernels(scaled, setting) };
  },
});
