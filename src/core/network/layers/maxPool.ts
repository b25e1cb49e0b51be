import * as v from 'valibot';
import { integer, layerName, strides } from '../fields';
import { costOfValues, imageShape, layerKind } from '../layerKind';
import { valuesOf } from '../shape';
import { kerasWindows, padding, type Windows, windowGrid } from '../windows';

const schema = v.pipe(
  v.strictObject({
    kind: v.literal('max-pool'),
    name: layerName,
    size: v.optional(integer('Size', 'Height and width of the window, in pixels.', 1, 64), 2),
    strides: v.optional(
      v.pipe(
        v.nullable(strides),
        v.title('Strides'),
        v.description('Pixels from one window to the next. Default: the size.'),
      ),
      null,
    ),
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
