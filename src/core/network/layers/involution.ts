import * as v from 'valibot';
import type { ChosenGenerator } from '../../involution/generators/chosenGenerator';
import { involutionMacs, parameterCounts } from '../../involution/generators/cost';
import type { GeneratorKind } from '../../involution/generators/generator';
import { type GeneratorName, generatorKinds } from '../../involution/generators/generatorKinds';
import {
  type GroupLayout,
  groupLayouts,
  type InvolutionPadding,
  outputSize,
  paddings,
} from '../../involution/geometry';
import { layerFaults } from '../faults';
import { choice, integer, kernelSize, layerName, strides } from '../fields';
import { imageShape, type LayerPlace, layerKind } from '../layerKind';
import { divisorsAround, oddAround } from '../nearest';
import { valuesOf } from '../shape';

const withWords = ({ schema, title, description }: GeneratorKind) =>
  v.pipe(schema, v.title(title), v.description(description));

/** The kinds' own options, none left out. */
type Generator = { readonly kind: GeneratorName; readonly [option: string]: unknown };

const generator = v.pipe(
  v.variant('kind', Object.values(generatorKinds).map(withWords) as never) as unknown as v.GenericSchema<
    unknown,
    Generator
  >,
  v.title('Generator'),
  v.description('How kernels are made.'),
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
    padding: v.optional(
      choice(
        'Padding',
        'Zeros around the image. same: as TensorFlow adds them; symmetric: (kernel size − 1) / 2 on each side, as in the paper’s code.',
        paddings,
      ),
      'same' satisfies InvolutionPadding,
    ),
    groupLayout: v.optional(
      choice(
        'Group layout',
        'contiguous: the first channels are the first group, as in the paper; interleaved: every G-th, as in the Keras example.',
        groupLayouts,
      ),
      'interleaved' satisfies GroupLayout,
    ),
    generator: v.optional(generator, { kind: 'bottleneck' }),
  }),
  v.title('Involution'),
  v.description('A kernel of its own at every position, generated from the image there; channels share it.'),
);
type InvolutionSpec = v.InferOutput<typeof schema>;

function chosen({ kind, ...options }: Generator): ChosenGenerator {
  return { kind: generatorKinds[kind], options };
}

const settingOf = (spec: InvolutionSpec, { input }: LayerPlace) => ({ ...spec, channels: input[2]! });

export const involution = layerKind({
  kind: 'involution',
  schema,
  kerasName: () => 'involution',
  outputShape(spec, { input }, fault) {
    const [height, width, channels] = imageShape(input);
    const { groups, strides, kernelSize } = spec;
    if (channels % groups !== 0)
      fault([layerFaults.divisor, 'groups', channels, groups], {
        field: 'groups',
        instead: { values: divisorsAround(channels, groups) },
      });
    if (spec.padding === 'symmetric' && kernelSize % 2 === 0)
      fault([layerFaults.odd, 'kernelSize', kernelSize], {
        field: 'kernelSize',
        instead: { values: oddAround(kernelSize) },
      });
    const { kind, options } = chosen(spec.generator);
    const misfit = kind.misfit?.({ ...spec, channels }, options);
    if (misfit) {
      const { argument, allowed, received, nearest } = misfit;
      const field = argument in spec ? argument : `generator.${argument}`;
      fault([layerFaults.allowed, field, allowed, JSON.stringify(received)], {
        field,
        instead: { values: [nearest] },
      });
    }
    return [outputSize(height, strides), outputSize(width, strides), channels];
  },
  cost(spec, place) {
    const { input, output } = place;
    const [generator, setting] = [chosen(spec.generator), settingOf(spec, place)];
    const { trainable, statistics } = parameterCounts(generator, setting);
    const pixels = { input: input[0]! * input[1]!, output: output[0]! * output[1]! };
    return {
      ...{ parameters: trainable, statistics },
      macs: involutionMacs(generator, setting, pixels),
      activations: valuesOf(output),
    };
  },
  keras: ({ kind: _, ...spec }, place) => [
    { className: 'Involution', config: { ...spec, name: place.name, seed: place.seed() } },
  ],
});
