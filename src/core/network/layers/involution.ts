import * as v from 'valibot';
import { type GroupLayout, groupLayouts, outputSize } from '../../involution/geometry';
import { choice, integer, kernelSize, layerName, strides } from '../fields';
import { imageShape, type LayerPlace, LayerProblem, layerKind } from '../layerKind';
import { valuesOf } from '../shape';

const bottleneck = v.pipe(
  v.strictObject({
    kind: v.literal('bottleneck'),
    reductionRatio: v.optional(
      integer('Reduction ratio', 'The generator is ⌊channels / reduction ratio⌋ wide.', 1, 1024),
      1,
    ),
    channels: v.optional(
      integer('Channels', "What the reduction is taken from. Default: the input's channels.", 1, 16_384),
    ),
  }),
  v.title('Bottleneck'),
  v.description('1×1 convolution, batch norm, ReLU, 1×1 convolution, of the pixel alone.'),
);

const schema = v.pipe(
  v.strictObject({
    kind: v.literal('involution'),
    name: layerName,
    kernelSize: v.optional(kernelSize, 3),
    groups: v.optional(
      integer('Groups', 'Kernels per position; each serves its group of channels.', 1, 4096),
      1,
    ),
    strides: v.optional(strides, 1),
    groupLayout: v.optional(
      choice(
        'Group layout',
        'contiguous: the first channels are the first group, as in the paper; interleaved: every G-th, as in the Keras example.',
        groupLayouts,
      ),
      'interleaved' satisfies GroupLayout,
    ),
    generator: v.optional(bottleneck, { kind: 'bottleneck' }),
  }),
  v.title('Involution'),
  v.description('A kernel of its own at every position, generated from the pixel there; channels share it.'),
);
type InvolutionSpec = v.InferOutput<typeof schema>;

function shapes(spec: InvolutionSpec, { input }: LayerPlace) {
  const [height, width, channels] = imageShape(input);
  const { groups, strides } = spec;
  if (channels % groups !== 0)
    throw new LayerProblem(`groups must be a divisor of its input's ${channels} channels, but is ${groups}`);
  const { reductionRatio, channels: reducible = channels } = spec.generator;
  if (reductionRatio > reducible)
    throw new LayerProblem(
      `generator.reductionRatio must be at most the ${reducible} channels that it reduces, but is ${reductionRatio}`,
    );
  const output = [outputSize(height, strides), outputSize(width, strides), channels] as const;
  return { channels, output, reduced: Math.floor(reducible / reductionRatio) };
}

export const involution = layerKind({
  kind: 'involution',
  schema,
  kerasName: 'involution',
  outputShape: (spec, place) => shapes(spec, place).output,
  cost: (spec, place) => {
    const { channels, output, reduced } = shapes(spec, place);
    const taps = spec.kernelSize ** 2;
    const kernels = channels * reduced + reduced * taps * spec.groups;
    return {
      parameters: kernels + 3 * reduced + taps * spec.groups,
      statistics: 2 * reduced,
      macs: output[0] * output[1] * (kernels + taps * channels),
      activations: valuesOf(output),
    };
  },
  keras: (spec, place) => [
    {
      className: 'Involution',
      config: {
        name: place.name,
        channels: spec.generator.channels ?? null,
        groups: spec.groups,
        kernelSize: spec.kernelSize,
        strides: spec.strides,
        reductionRatio: spec.generator.reductionRatio,
        groupLayout: spec.groupLayout,
        seed: place.seed(),
      },
    },
  ],
});
