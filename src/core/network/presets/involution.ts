import * as v from 'valibot';
import { exampleHead } from './head';
import type { Preset } from './preset';

export const involution: Preset = {
  id: 'involution',
  title: 'Involution',
  description: 'The involutional network of the Keras example: three involutions of the image itself.',
  parameters: v.strictObject({}),
  network: () => {
    const involve = (name: string) => ({
      ...{ kind: 'involution', name, kernelSize: 3, groups: 1, strides: 1 },
      generator: { kind: 'bottleneck', reductionRatio: 2, channels: 3 },
    });
    // Inside each involution Keras makes a ReLU too, so that every other number is taken.
    return {
      name: 'inv_model',
      layers: [
        involve('inv_1'),
        { kind: 'activation', name: 're_lu_1' },
        { kind: 'max-pool' },
        involve('inv_2'),
        { kind: 'activation', name: 're_lu_3' },
        { kind: 'max-pool' },
        involve('inv_3'),
        { kind: 'activation', name: 're_lu_5' },
        ...exampleHead,
      ],
    };
  },
};
