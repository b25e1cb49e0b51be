import * as v from 'valibot';
import { layerFaults } from '../faults';
import { activations, choice, flag, integerOr, layerName } from '../fields';
import { glorotUniform } from '../initializer';
import { type LayerPlace, layerKind } from '../layerKind';
import { shapeText } from '../shape';

const schema = v.pipe(
  v.strictObject({
    kind: v.literal('dense'),
    name: layerName,
    units: integerOr(
      'classes',
      'Units',
      'Outputs: a number, or "classes", one per class of the data.',
      1,
      65_536,
    ),
    activation: v.optional(choice('Activation', 'Applied to every output.', activations), 'linear'),
    bias: v.optional(flag('Bias', 'A learned number is added to each output.'), true),
  }),
  v.title('Dense'),
  v.description('Every output is a weighted sum of all inputs.'),
);
type DenseSpec = v.InferOutput<typeof schema>;

const unitsOf = ({ units }: DenseSpec, { classes }: LayerPlace) => (units === 'classes' ? classes : units);

export const dense = layerKind({
  kind: 'dense',
  schema,
  kerasName: () => 'dense',
  outputShape(spec, place, fault) {
    if (place.input.length !== 1) fault([layerFaults.row, shapeText(place.input)]);
    return [unitsOf(spec, place)];
  },
  cost(spec, { input, output }) {
    const [features, units] = [input[0]!, output[0]!];
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
