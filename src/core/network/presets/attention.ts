import * as v from 'valibot';
import { borders } from '../../involution/generators/border';
import { choice, flag } from '../fields';
import { involutionalNetwork, involutionParameters } from './exampleBody';
import { preset } from './preset';

export const attention = preset({
  id: 'attention',
  title: 'Local self-attention',
  description: 'The involutional network with local self-attention: kernels by queries and keys, of values.',
  parameters: v.strictObject({
    ...involutionParameters,
    border: v.optional(
      choice(
        'Border',
        'A window that reaches beyond the image sees zeros there (zero), only its part inside (masked), or is pushed inside (clamped).',
        borders,
      ),
      'masked',
    ),
    positionBias: v.optional(
      flag('Position bias', 'Adds a learned number per group and offset to the scores.'),
      false,
    ),
  }),
  network: ({ border, positionBias, ...parameters }) =>
    involutionalNetwork('attention_model', parameters, { kind: 'attention', border, positionBias }),
});
