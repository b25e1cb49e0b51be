import * as v from 'valibot';
import { generatorNames } from '../../involution/generators/generatorKinds';
import { choice, integer } from '../fields';
import { involutionalNetwork, involutionParameters } from './exampleBody';
import { preset } from './preset';

export const involution = preset({
  id: 'involution',
  title: 'Involution',
  description: 'The involutional network of the Keras example: three involutions of the image itself.',
  parameters: v.strictObject({
    ...involutionParameters,
    reductionRatio: v.optional(
      integer(
        'Reduction ratio',
        'The bottleneck generator is ⌊channels / reduction ratio⌋ wide. Other generators have none.',
        1,
        1024,
      ),
      2,
    ),
    generator: v.optional(choice('Generator', 'How kernels are made.', generatorNames), 'bottleneck'),
  }),
  network({ reductionRatio, generator, ...parameters }) {
    // The example takes the reduction from 3 channels, whatever the image has.
    const channels = parameters.width === null ? { channels: 3 } : {};
    const options = generator === 'bottleneck' ? { reductionRatio, ...channels } : {};
    return involutionalNetwork('inv_model', parameters, { kind: generator, ...options });
  },
});
