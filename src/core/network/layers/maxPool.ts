import * as v from 'valibot';
import { integer, layerName } from '../fields';
import { imageShape, LayerProblem, layerKind } from '../layerKind';
import { type Shape, valuesOf } from '../shape';

const schema = v.pipe(
  v.strictObject({
    kind: v.literal('max-pool'),
    name: layerName,
    size: v.optional(integer('Size', 'Height and width of the window, in pixels.', 1, 16), 2),
  }),
  v.title('Max pool'),
  v.description('The largest value of each window, per channel.'),
);

function outputShape({ size }: v.InferOutput<typeof schema>, input: Shape): Shape {
  const [height, width, channels] = imageShape(input);
  if (Math.min(height, width) < size)
    throw new LayerProblem(
      `size must be at most ${Math.min(height, width)}, the shorter side of its input, but is ${size}`,
    );
  return [Math.floor(height / size), Math.floor(width / size), channels];
}

export const maxPool = layerKind({
  kind: 'max-pool',
  schema,
  kerasName: 'max_pooling2d',
  outputShape: (spec, { input }) => outputShape(spec, input),
  cost: (spec, { input }) => ({
    parameters: 0,
    statistics: 0,
    macs: 0,
    activations: valuesOf(outputShape(spec, input)),
  }),
  keras: ({ size }, { name }) => [{ className: 'MaxPooling2D', config: { name, poolSize: [size, size] } }],
});
