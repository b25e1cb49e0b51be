import * as v from 'valibot';
import { flag, integer, kernelSize, layerName, strides } from '../fields';
import { glorotUniform } from '../initializer';
import { imageShape, layerKind } from '../layerKind';
import { valuesOf } from '../shape';

const schema = v.pipe(
  v.strictObject({
    kind: v.literal('convolution'),
    name: layerName,
    filters: integer('Filters', 'Output channels.', 1, 16_384),
    kernelSize: v.optional(kernelSize, 3),
    strides: v.optional(strides, 1),
    bias: v.optional(flag('Bias', 'A learned number is added to each output channel.'), true),
  }),
  v.title('Convolution'),
  v.description('One kernel per output channel, the same at every position.'),
);
type ConvolutionSpec = v.InferOutput<typeof schema>;

const outputShape = (spec: ConvolutionSpec, input: readonly number[]) => {
  const [height, width] = imageShape(input);
  return [Math.ceil(height / spec.strides), Math.ceil(width / spec.strides), spec.filters];
};

export const convolution = layerKind({
  kind: 'convolution',
  schema,
  kerasName: 'conv2d',
  outputShape: (spec, { input }) => outputShape(spec, input),
  cost: (spec, { input }) => {
    const output = outputShape(spec, input);
    const kernel = spec.kernelSize ** 2 * imageShape(input)[2] * spec.filters;
    return {
      parameters: kernel + (spec.bias ? spec.filters : 0),
      statistics: 0,
      macs: output[0]! * output[1]! * kernel,
      activations: valuesOf(output),
    };
  },
  keras: (spec, { name, seed }) => [
    {
      className: 'Conv2D',
      config: {
        name,
        filters: spec.filters,
        kernelSize: [spec.kernelSize, spec.kernelSize],
        strides: [spec.strides, spec.strides],
        padding: 'same',
        useBias: spec.bias,
        kernelInitializer: glorotUniform(seed()),
      },
    },
  ],
});
