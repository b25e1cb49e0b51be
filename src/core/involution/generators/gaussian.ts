import * as v from 'valibot';
import { flag, positive } from './fields';
import { generatorKind } from './generator';

/** Bilateral filtering without its spatial half; nothing of it is learned. */
export const gaussian = generatorKind({
  kind: 'gaussian',
  title: 'Gaussian',
  description: 'How alike the pixel and each of its neighbours are: a Gaussian of their distance in colour.',
  options: {
    normalize: v.optional(
      flag({
        title: 'Normalise',
        description: 'Divides each kernel by its sum: an average of what is alike.',
      }),
      true,
    ),
    width: v.optional(
      positive({
        title: 'Width',
        description: 'The standard deviation of the Gaussian, in the units of the input.',
      }),
      1,
    ),
  },
  weights: () => [],
  macs: ({ channels, kernelSize }) => ({ perInput: 0, perOutput: kernelSize ** 2 * channels }),
  stages: {
    kernel: {
      title: 'Likeness',
      description:
        'How alike the pixel and each neighbour are, by their distance in colour; where it is normalised, over the sum.',
      formula: 'exp(−‖x − xⱼ‖² / 2w²)',
    },
  },
  statistic: ({ normalize }) => (normalize ? 'centre' : 'sum'),
  constants: ({ normalize }) => (normalize ? { sum: 'each kernel is divided by its sum' } : {}),
  generate({ x, options, setting }, { tf, gaussianKernels }) {
    const features = (options.width === 1 ? x : tf.div(x, options.width)) as typeof x;
    return { kernels: gaussianKernels(features, { ...setting, normalize: options.normalize }) };
  },
});
