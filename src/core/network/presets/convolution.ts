import * as v from 'valibot';
import { exampleHead } from './head';
import type { Preset } from './preset';

export const convolution: Preset = {
  id: 'convolution',
  title: 'Convolution',
  description: 'The convolutional network of the Keras example: three convolutions of 32, 64 and 64 filters.',
  parameters: v.strictObject({}),
  network: () => ({
    name: 'sequential',
    layers: [
      { kind: 'convolution', filters: 32 },
      { kind: 'activation', name: 'relu1' },
      { kind: 'max-pool' },
      { kind: 'convolution', filters: 64 },
      { kind: 'activation', name: 'relu2' },
      { kind: 'max-pool' },
      { kind: 'convolution', filters: 64 },
      { kind: 'activation', name: 'relu3' },
      ...exampleHead,
    ],
  }),
};
