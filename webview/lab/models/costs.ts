import type { ModelSummary } from '../../../src/core/network/summary';

export type Quantity = 'parameters' | 'macs' | 'weights' | 'training' | 'activations';
export const quantities: readonly Quantity[] = ['parameters', 'macs', 'weights', 'training', 'activations'];

const bytesPerFloat = 4;

/** What a model costs. Activations and multiply–accumulates are of one image; weights and training are bytes. */
export function costs({ layers, totals }: ModelSummary): Record<Quantity, number> {
  const weights = totals.trainable + totals.nonTrainable;
  const sum = (of: 'macs' | 'activationBytes') =>
    layers.reduce((total, layer) => total + (layer[of] ?? 0), 0);
  return {
    parameters: weights,
    macs: sum('macs'),
    weights: weights * bytesPerFloat,
    training: (weights + totals.optimizer) * bytesPerFloat,
    activations: sum('activationBytes'),
  };
}

/** The part of the full width that a bar takes; a logarithmic one starts at 1. */
export function barShare(value: number, largest: number, scale: 'linear' | 'log'): number {
  if (value <= 0 || largest <= 0) return 0;
  if (scale === 'linear' || largest <= 1) return value / largest;
  return Math.max(0, Math.log(value) / Math.log(largest));
}
