import { statisticNames } from '../../kernels/statistics';
import { groupOfChannel, outputSize } from '../geometry';
import { generatorKind } from './generator';

/** The limit case: a depthwise convolution whose channels of one group share their stencil. */
export const staticKernel = generatorKind({
  kind: 'static',
  title: 'Static',
  description: 'One learned stencil per group, the same at every position: a depthwise convolution.',
  options: {},
  weights: ({ kernelSize, groups }) => [
    { name: 'kernel', shape: [kernelSize, kernelSize, 1, groups], initializer: 'glorot' },
  ],
  macs: () => ({ perInput: 0, perOutput: 0 }),
  stages: {
    kernel: {
      title: 'Learned stencil',
      description: 'The same weights at every position: the pixel has no say in them.',
      formula: 'W',
    },
  },
  statistic: () => 'sum',
  constants: () =>
    Object.fromEntries(statisticNames.map((name) => [name, 'every position has the same kernel'])),
  generate({ x, weights, setting: { kernelSize, groups, strides } }, { tf }) {
    const [batch, height, width] = x.shape;
    const [rows, columns] = [outputSize(height, strides), outputSize(width, strides)];
    const taps = kernelSize ** 2;
    // A product with ones: TF.js's tile is slow to differentiate.
    const everywhere = tf.ones([batch * rows * columns, 1]);
    const kernels = tf.matMul(everywhere, tf.reshape(weights.kernel, [1, taps * groups]));
    return { kernels: tf.reshape(kernels, [batch, rows, columns, taps, 1, groups]) };
  },
  fused({ weights, setting }, value, { tf }) {
    const { kernelSize, groups, strides, channels, groupLayout, padding } = setting;
    // TensorFlow's convolution pads as 'same' does only.
    if (padding !== 'same' && strides > 1) return null;
    const stencils = tf.reshape(weights.kernel, [kernelSize ** 2, groups]);
    // [C,G]: 1 where the channel is of the group.
    const member = tf.tensor2d(
      Array.from({ length: channels }, (_, channel) => {
        const own = groupOfChannel(channel, channels, groups, groupLayout);
        return Array.from({ length: groups }, (_, group) => (group === own ? 1 : 0));
      }),
    );
    const filter = tf.matMul(stencils, member, false, true);
    const shape: [number, number, number, number] = [kernelSize, kernelSize, channels, 1];
    return { output: tf.depthwiseConv2d(value, tf.reshape(filter, shape), strides, 'same') };
  },
});
