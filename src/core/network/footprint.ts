import type { ImageShape } from '../data/dataset';
import type { NetworkSpec } from './network';
import { placeLayers } from './place';

/** What a network holds and costs, known before there is one: its first weights take a while to make. */
export interface Footprint {
  /** Values that learn. */
  readonly parameters: number;
  /** Multiply–accumulates per image. */
  readonly macs: number;
  /** Values per image: the outputs of all layers that make new ones, involutions' kernels left out. */
  readonly activations: number;
}

/** @throws NetworkError */
export function footprint(network: NetworkSpec, inputShape: ImageShape, classes: number): Footprint {
  const costs = placeLayers(network, inputShape, classes).map(({ cost }) => cost);
  const total = (count: (cost: (typeof costs)[number]) => number) =>
    costs.reduce((sum, cost) => sum + count(cost), 0);
  return {
    parameters: total(({ parameters }) => parameters),
    macs: total(({ macs }) => macs),
    activations: total(({ activations }) => activations),
  };
}
