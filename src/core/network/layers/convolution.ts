import * as v from 'valibot';
import { layerFaults } from '../faults';
import { flag, integer, integerOr, kernelSize, layerName, strides } from '../fields';
import { initializer, kernelInitializer } from '../initializer';
import { imageShape, type LayerPlace, layerKind } from '../layerKind';
import { divisorsAround, multiplesAround } from '../nearest';
import { valuesOf } from '../shape';
import { kerasWindows, padding, type Windows, windowGrid } from '../windows';

const schema = v.pipe(
  v.strictObject({
    kind: v.literal('convolution'),
    name: layerName,
    filters: integer('Filters', 'Output channels.', 1, 16_384),
    kernelSize: v.optional(kernelSize, 3),
    strides: v.optional(strides, 1),
    padding: v.optional(padding, 'same'),
    bias: v.optional(flag('Bias', 'A learned number is added to each output channel.'), true),
    groups: v.optional(
      integerOr(
        'channels',
        'Groups',
        'Each part of the filters sees its part of the channels only; "channels", one per channel: depthwise.',
        1,
        16_384,
      ),
      1,
    ),
    initializer: v.optional(initializer, 'glorot'),
  }),
  v.title('Convolution'),
  v.description('One kernel per output channel, the same at every position.'),
);
type ConvolutionSpec = v.InferOutput<typeof schema>;

const windowsOf = ({ kernelSize, strides, padding }: ConvolutionSpec): Windows => ({
  ...{ field: 'kernelSize', size: kernelSize, strides, padding },
});

const groupsOf = ({ groups }: ConvolutionSpec, { input }: LayerPlace) =>
  groups === 'channels' ? input[2]! : groups;

/** As many groups as channels, and so one channel a group. */
const isDepthwise = (spec: ConvolutionSpec, place: LayerPlace) =>
  place.input[2]! > 1 && groupsOf(spec, place) === place.input[2];

export const convolution = layerKind({
  kind: 'convolution',
  schema,
  kerasName: ({ groups }) => (groups === 'channels' ? 'depthwise_conv2d' : 'conv2d'),
  outputShape(spec, place, fault) {
    const image = imageShape(place.input);
    const groups = groupsOf(spec, place);
    if (image[2] % groups !== 0)
      fault([layerFaults.divisor, 'groups', image[2], groups], {
        field: 'groups',
        instead: { values: divisorsAround(image[2], groups) },
      });
    if (spec.filters % groups !== 0)
      fault([layerFaults.multiple, 'filters', groups, spec.filters], {
        field: 'filters',
        instead: { values: multiplesAround(groups, spec.filters) },
      });
    return [...windowGrid(windowsOf(spec), image, fault), spec.filters];
  },
  cost(spec, place) {
    const { input, output } = place;
    const kernel = (spec.kernelSize ** 2 * input[2]! * spec.filters) / groupsOf(spec, place);
    return {
      parameters: kernel + (spec.bias ? spec.filters : 0),
      statistics: 0,
      macs: output[0]! * output[1]! * kernel,
      activations: valuesOf(output),
    };
  },
  keras(spec, place) {
    const { before, padding } = kerasWindows(windowsOf(spec), place.name);
    const config = {
      name: place.name,
      kernelSize: [spec.kernelSize, spec.kernelSize],
      strides: [spec.strides, spec.strides],
      padding,
      useBias: spec.bias,
    };
    const initial = kernelInitializer[spec.initializer](place.seed());
    const [groups, { filters }] = [groupsOf(spec, place), spec];
    if (isDepthwise(spec, place)) {
      const depthwise = { depthMultiplier: filters / groups, depthwiseInitializer: initial };
      return [...before, { className: 'DepthwiseConv2D', config: { ...config, ...depthwise } }];
    }
    const dense = { ...config, filters, kernelInitializer: initial };
    if (groups === 1) return [...before, { className: 'Conv2D', config: dense }];
    return [...before, { className: 'GroupedConvolution', config: { ...dense, groups } }];
  },
});
