import * as v from 'valibot';
import { layerName } from '../fields';
import { costOfValues, imageShape, layerKind } from '../layerKind';
import { valuesOf } from '../shape';
import { poolFields, windowGrid } from '../windows';

const schema = v.pipe(
  v.strictObject({
    kind: v.literal('average-pool'),
    name: layerName,
    ...poolFields,
  }),
  v.title('Average pool'),
  v.description('The mean of each window, per channel. Windows lie wholly within the image.'),
);

export const averagePool = layerKind({
  kind: 'average-pool',
  schema,
  kerasName: () => 'average_pooling2d',
  outputShape({ size, strides }, { input }, fault) {
    const image = imageShape(input);
    const windows = { field: 'size', size, strides: strides ?? size, padding: 'valid' } as const;
    return [...windowGrid(windows, image, fault), image[2]];
  },
  cost: (_, { output }) => costOfValues(valuesOf(output)),
  keras: ({ size, strides }, { name }) => [
    {
      className: 'AveragePooling2D',
      config: {
        name,
        poolSize: [size, size],
        strides: [strides ?? size, strides ?? size],
        padding: 'valid',
      },
    },
  ],
});
