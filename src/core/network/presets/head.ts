import type { NetworkSpecInput } from '../network';

/** The head that the example's networks share. */
export const exampleHead: NetworkSpecInput['layers'] = [
  { kind: 'flatten' },
  { kind: 'dense', units: 64, activation: 'relu' },
  { kind: 'dense', units: 'classes' },
];
