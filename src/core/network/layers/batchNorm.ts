import * as v from 'valibot';
import { choice, layerName, number } from '../fields';
import { layerKind } from '../layerKind';
import { valuesOf } from '../shape';

const schema = v.pipe(
  v.strictObject({
    kind: v.literal('batch-norm'),
    name: layerName,
    momentum: v.optional(
      number('Momentum', 'What moving statistics keep of themselves at each step.', 0, 1),
      0.99,
    ),
    epsilon: v.optional(number('ε', 'Added to the variance that is divided by.', 1e-12, 1), 1e-3),
    gamma: v.optional(
      choice(
        'First γ',
        'What the scale starts with. zeros, in the last layer of a residual branch: the branch starts as nothing.',
        ['ones', 'zeros'],
      ),
      'ones',
    ),
  }),
  v.title('Batch norm'),
  v.description('Each channel is normalised by its mean and variance in the batch, then scaled and shifted.'),
);

export const batchNorm = layerKind({
  kind: 'batch-norm',
  schema,
  kerasName: () => 'batch_normalization',
  outputShape: (_, { input }) => input,
  cost(_, { output }) {
    const channels = output.at(-1)!;
    return { parameters: 2 * channels, statistics: 2 * channels, macs: 0, activations: valuesOf(output) };
  },
  keras: ({ momentum, epsilon, gamma }, { name }) => [
    {
      className: 'BatchNormalization',
      config: { name, momentum, epsilon, gammaInitializer: gamma },
    },
  ],
});
