import { generatorKind } from './generator';
import { misfits } from './misfits';

/** The spatial half of a Decoupled Dynamic Filter. */
export const filterNorm = generatorKind({
  kind: 'filter-norm',
  title: 'Filter normalisation',
  description: 'One 1×1 convolution; then each kernel is moved to mean 0 and scaled to one deviation.',
  options: {},
  misfit: ({ kernelSize }) =>
    kernelSize === 1
      ? { argument: 'kernelSize', received: 1, allowed: [misfits.deviation], nearest: 3 }
      : null,
  weights({ channels, kernelSize, groups }) {
    const outputs = kernelSize ** 2 * groups;
    return [
      { name: 'kernel', shape: [1, 1, channels, outputs], initializer: 'glorot' },
      // Not zeros: a black pixel would have equal logits, and their normalisation an endless slope.
      { name: 'bias', shape: [outputs], initializer: { limit: 1 / Math.sqrt(channels) } },
    ];
  },
  macs: ({ channels, kernelSize, groups }) => ({
    perInput: 0,
    perOutput: channels * kernelSize ** 2 * groups,
  }),
  stages: {
    logits: {
      title: 'Logits',
      description: 'One 1×1 convolution: a number for each tap.',
      formula: 'Wᵀ x + b',
    },
    kernel: {
      title: 'Filter normalisation',
      description: 'The kernel is moved to mean 0 and scaled to one deviation.',
      formula: '(z − z̄) / σ_z · √2 / K',
    },
  },
  statistic: () => 'centre',
  constants: () => ({
    sum: 'each kernel is moved to mean 0',
    deviation: 'each kernel is scaled to one deviation',
    norm: 'each kernel is moved to mean 0 and scaled to one deviation',
  }),
  generate({ x, weights, setting, note }, { atPositions, pointwise, arrangeTaps, filterNormKernels }) {
    const logits = pointwise(atPositions(x, setting.strides), weights.kernel, weights.bias);
    note?.('logits', arrangeTaps(logits, setting.groups, setting.groupLayout));
    return { kernels: filterNormKernels(logits, setting) };
  },
});
