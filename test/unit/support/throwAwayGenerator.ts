import * as v from 'valibot';
import { choice } from '../../../src/core/involution/generators/fields';
import { type GeneratorKind, generatorKind } from '../../../src/core/involution/generators/generator';

/** A generator that only tests know: one learned weight per tap, the same for all groups. */
export const throwAwayGenerator = generatorKind({
  kind: 'throw-away',
  title: 'Throw-away',
  description: 'One stencil for all, for tests alone.',
  options: {
    sign: v.optional(
      choice(['plus', 'minus'], { title: 'Sign', description: 'What the stencil is multiplied by.' }),
      'plus',
    ),
  },
  weights: ({ kernelSize }) => [{ name: 'stencil', shape: [kernelSize ** 2], initializer: 'ones' }],
  macs: ({ kernelSize }) => ({ perInput: 0, perOutput: kernelSize ** 2 }),
  stages: { kernel: { title: 'Stencil', description: 'The same for all.', formula: '± w' } },
  statistic: () => 'sum',
  generate({ x, weights, options, setting: { kernelSize, groups } }, { tf }) {
    const [batch, height, width] = x.shape;
    const signed = tf.mul(weights.stencil, options.sign === 'plus' ? 1 : -1);
    const everywhere = tf.ones([batch, height, width, kernelSize ** 2, 1, groups]);
    return { kernels: tf.mul(everywhere, tf.reshape(signed, [kernelSize ** 2, 1, 1])) };
  },
}) as unknown as GeneratorKind;
