import * as v from 'valibot';
import { choice, flag, integer } from '../../../src/core/network/fields';
import { type Preset, preset } from '../../../src/core/network/presets/preset';
import { presets } from '../../../src/core/network/presets/presets';

/** A preset that only tests know: whatever lists presets has to show it all the same. */
export const throwAway = preset({
  id: 'throw-away',
  title: 'Throw-away',
  description: 'One hidden layer, for tests alone.',
  parameters: v.strictObject({
    units: v.optional(integer('Units', 'How wide the hidden layer is.', 1, 99), 5),
    activation: v.optional(choice('Activation', 'What it bends with.', ['relu', 'tanh']), 'relu'),
    bias: v.optional(flag('Bias', 'A learned number each.'), true),
  }),
  network: ({ units, activation, bias }) => ({
    name: 'thrown_away',
    layers: [
      { kind: 'flatten' },
      { kind: 'dense', units, activation, bias },
      { kind: 'dense', units: 'classes' },
    ],
  }),
});

export async function withThrowAway(work: () => Promise<void>): Promise<void> {
  presets[throwAway.id] = throwAway as Preset;
  try {
    await work();
  } finally {
    delete presets[throwAway.id];
  }
}
