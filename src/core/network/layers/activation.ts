import * as v from 'valibot';
import { activations, choice, layerName } from '../fields';
import { costOfValues, layerKind } from '../layerKind';
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
  kerasName: (spec) => (spec.function === 'relu' ? 're_lu' : 'activation'),
  outputShape: (_, { input }) => input,
  cost: (_, { output }) => costOfValues(valuesOf(output)),
  keras: (spec, { name }) => [
    spec.function === 'relu'
      ? { className: 'ReLU', config: { name } }
      : { className: 'Activation', config: { name, activation: spec.function } },
  ],
});
