import * as v from 'valibot';
import { layerFaults } from '../faults';
import { layerName } from '../fields';
import { costOfValues, type LayersSchema, layerKind } from '../layerKind';
import { shapeText, valuesOf } from '../shape';

const schema = (layers: LayersSchema) =>
  v.pipe(
    v.strictObject({
      kind: v.literal('residual'),
      name: layerName,
      main: v.pipe(layers, v.title('Main'), v.description('Layers whose result is added.')),
      shortcut: v.optional(
        v.pipe(
          layers,
          v.title('Shortcut'),
          v.description('Layers of the way around. Default: none, the input itself is added.'),
        ),
        [],
      ),
    }),
    v.title('Residual'),
    v.description('The sum of two branches that begin with the same input; their shapes must agree.'),
  );

export const residual = layerKind<v.InferOutput<ReturnType<typeof schema>>>({
  kind: 'residual',
  schema,
  kerasName: () => 'add',
  branches: ({ main, shortcut }) => ({ main, shortcut }),
  outputShape(_, { branches }, fault) {
    const [main, shortcut] = [shapeText(branches.main!), shapeText(branches.shortcut!)];
    if (main !== shortcut) fault([layerFaults.branches, main, shortcut]);
    return branches.main!;
  },
  cost: (_, { output }) => costOfValues(valuesOf(output)),
  keras: (_, { name }) => [{ className: 'Add', config: { name } }],
});
