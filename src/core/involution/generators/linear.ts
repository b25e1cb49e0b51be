import { generatorKind } from './generator';

/** As dynamic filters have it: one 1×1 convolution, nothing between. */
export const linear = generatorKind({
  kind: 'linear',
  title: 'Linear',
  description: 'One 1×1 convolution: each weight of the kernel is a weighted sum of the pixel’s channels.',
  options: {},
  weights({ channels, kernelSize, groups }) {
    const outputs = kernelSize ** 2 * groups;
    return [
      { name: 'kernel', shape: [1, 1, channels, outputs], initializer: 'glorot' },
      { name: 'bias', shape: [outputs], initializer: 'zeros' },
    ];
  },
  macs: ({ channels, kernelSize, groups }) => ({
    perInput: 0,
    perOutput: channels * kernelSize ** 2 * groups,
  }),
  stages: {
    kernel: {
      title: '1×1 convolution',
      description: 'Each weight of the kernel is a weighted sum of the pixel’s channels.',
      formula: 'Wᵀ x + b',
    },
  },
  statistic: () => 'sum',
  generate({ x, weights, setting }, { atPositions, pointwise, arrangeOutputs, arrangeTaps }) {
    const { groups, groupLayout, strides } = setting;
    const [kernel, bias] = [weights.kernel, weights.bias].map((each) =>
      arrangeOutputs(each, groups, groupLayout),
    );
    return { kernels: arrangeTaps(pointwise(atPositions(x, strides), kernel!, bias), groups, 'interleaved') };
  },
});
