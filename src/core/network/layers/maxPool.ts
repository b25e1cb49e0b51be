import * as v from 'valibot';
import { layerName } from '../fields';
import { costOfValues, imageShape, layerKind } from '../layerKind';
import { valuesOf } from '../shape';
import { kerasWindows, padding, poolFields, type Windows, windowGrid } from '../windows';

const schema = v.pipe(
  v.strictObject({
    kind: v.literal('max-pool'),
    name: layerName,
    ...poolFields,
    padding: v.optional(padding, 'valid'),
  }),
  v.title('Max pool'),
  v.description('The largest value of each window, per channel. After a ReLU added zeros never win.'),
);

const windowsOf = ({ size, strides, padding }: v.InferOutput<typeof schema>): Windows => ({
  ...{ field: 'size', size, padding },
  strides: strides ?? size,
});

export const maxPool = layerKind({
  kind: 'max-pool',
  schema,
  kerasName: () => 'max_pooling2d',
  outputShape(spec, { input }, fault) {
    const image = imageShape(input);
    return [...windowGrid(windowsOf(spec), image, fault), image[2]];
  },
  cost: (_, { output }) => costOfValues(valuesOf(output)),
  keras(spec, { name }) {
    const windows = windowsOf(spec);
    const { before, padding } = kerasWindows(windows, name);
    const [poolSize, strides] = [windows.size, windows.strides].map((side) => [side, side]);
    return [...before, { className: 'MaxPooling2D', config: { name, poolSize, strides, padding } }];
  },
});
