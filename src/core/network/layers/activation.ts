import * as v from 'valibot';
import { activations, choice, layerName } from '../fields';
import { layerKind } from '../layerKind';
import { valuesOf } from '../shape';

const schema = v.pipe(
  v.strictObject({
    kind: v.literal('activation'),
    name: layerName,
    function: v.optional(choice('Function', 'Applied to every value.', activations), 'relu'),
  }),
  v.title('Activation'),
  v.description('A function of each value.'),
);

export const activation = layerKind({
  kind: 'activation',
  schema,
  kerasName: 're_lu',
  outputShape: (_, { input }) => input,
  cost: (_, { input }) => ({ parameters: 0, statistics: 0, macs: 0, activations: valuesOf(input) }),
  keras: (spec, { name }) => [
    spec.function === 'relu'
      ? { className: 'ReLU', config: { name } }
      : { className: 'Activation', config: { name, activation: spec.function } },
  ],
});
