import { tidy } from '@tensorflow/tfjs-core';
import { adamUpdate } from './adam';
import type { OptimizerKind } from './optimizerKind';
import { decayed } from './weightDecay';

/** Adam after a decoupled weight decay (Loshchilov and Hutter, 2019; `keras.optimizers.AdamW`). */
export const adamW: OptimizerKind<{ kind: 'adamw'; weightDecay: number }> = {
  slots: ['m', 'v'],
  update: ({ weightDecay }, update) =>
    tidy(() => adamUpdate(update, decayed(update.variables, update.learningRate * weightDecay))),
};
