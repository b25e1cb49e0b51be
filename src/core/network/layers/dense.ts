import * as v from 'valibot';
import { activations, choice, flag, integer, layerName } from '../fields';
import { glorotUniform } from '../initializer';
import { type LayerPlace, LayerProblem, layerKind } from '../layerKind';

const schema = v.pipe(
  v.strictObject({
    kind: v.literal('dense'),
    name: layerName,
    units: v.pipe(
      v.union([integer('Units', 'Outputs.', 1, 65_536), v.literal('classes')]),
      v.title('Units'),
      v.description('Outputs: a number, or "classes", one per class of the data.'),
    ),
    activation: v.optional(choice('Activation', 'Applied to every output.', activations), 'linear'),
    bias: v.optional(flag('Bias', 'A learned number is added to each output.'), true),
  }),
  v.title('Dense'),
  v.description('Every output is a weighted sum of all inputs.'),
);
type DenseSpec = v.InferOutput<typeof schema>;

const unitsOf = ({ units }: DenseSpec, { classes }: LayerPlace) => (units === 'classes' ? classes : units);

function featuresOf({ input }: LayerPlace): number {
  if (input.length !== 1)
    throw new LayerProblem(
      `needs a row of values, but gets an image of ${input.join('×')}: put flatten or a global pool before it`,
    );
  return input[0]!;
}

export const dense = layerKind({
  kind: 'dense',
  schema,
  kerasName: 'dense',
  outputShape: (spec, place) => {
    featuresOf(place);
    return [unitsOf(spec, place)];
  },
  cost: (spec, place) => {
    const [features, units] = [featuresOf(place), unitsOf(spec, place)];
    const macs = features * units;
    return { parameters: macs + (spec.bias ? units : 0), statistics: 0, macs, activations: units };
  },
  keras: (spec, place) => [
    {
      className: 'Dense',
      config: {
        name: place.name,
        units: unitsOf(spec, place),
        activation: spec.activation,
        useBias: spec.bias,
        kernelInitializer: glorotUniform(place.seed()),
      },
    },
  ],
});
