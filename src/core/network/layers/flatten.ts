import * as v from 'valibot';
import { layerName } from '../fields';
import { costOfValues, layerKind } from '../layerKind';
import { valuesOf } from '../shape';

const schema = v.pipe(
  v.strictObject({ kind: v.literal('flatten'), name: layerName }),
  v.title('Flatten'),
  v.description('All values of an image in one row, for dense layers.'),
);

export const flatten = layerKind({
  kind: 'flatten',
  schema,
  kerasName: () => 'flatten',
  outputShape: (_, { input }) => [valuesOf(input)],
  cost: () => costOfValues(0),
  keras: (_, { name }) => [{ className: 'Flatten', config: { name } }],
});
