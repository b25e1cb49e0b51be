import * as v from 'valibot';
import { layerName, number } from '../fields';
import { costOfValues, layerKind } from '../layerKind';
import { valuesOf } from '../shape';

const schema = v.pipe(
  v.strictObject({
    kind: v.literal('dropout'),
    name: layerName,
    rate: v.optional(number('Rate', 'The share of values that become 0 in training.', 0, 0.99), 0.5),
  }),
  v.title('Dropout'),
  v.description('In training, values chosen at random become 0, and the others as much larger.'),
);

export const dropout = layerKind({
  kind: 'dropout',
  schema,
  kerasName: () => 'dropout',
  outputShape: (_, { input }) => input,
  cost: (_, { output }) => costOfValues(valuesOf(output)),
  keras: ({ rate }, { name, seed }) => [{ className: 'Dropout', config: { name, rate, seed: seed() } }],
});
