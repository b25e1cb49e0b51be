import * as v from 'valibot';
import { layerName } from '../fields';
import { costOfValues, imageShape, layerKind } from '../layerKind';

const schema = v.pipe(
  v.strictObject({ kind: v.literal('global-average-pool'), name: layerName }),
  v.title('Global average pool'),
  v.description('The mean of each channel over the whole image, in a row.'),
);

export const globalAveragePool = layerKind({
  kind: 'global-average-pool',
  schema,
  kerasName: () => 'global_average_pooling2d',
  outputShape: (_, { input }) => [imageShape(input)[2]],
  cost: (_, { output }) => costOfValues(output[0]!),
  keras: (_, { name }) => [{ className: 'GlobalAveragePooling2D', config: { name } }],
});
