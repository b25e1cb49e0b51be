import type { ImageShape } from '../data/dataset';
import type { LayerCost } from './layerKind';
import type { NetworkSpec } from './network';
import { allLayers, type PlacedLayer, placeLayers } from './place';

/** What a network holds and costs, known before there is one: its first weights take a while to make. */
export interface Footprint {
  /** Values that learn. */
  readonly parameters: number;
  /** Moving statistics. */
  readonly statistics: number;
  /** Multiply–accumulates per image. */
  readonly macs: number;
  /** Values per image: the outputs of all layers that make new ones, involutions' kernels left out. */
  readonly activations: number;
}

/** @throws NetworkError */
export const footprint = (network: NetworkSpec, inputShape: ImageShape, classes: number): Footprint =>
  totalCost([...allLayers(placeLayers(network, inputShape, classes))]);

/** Of all layers of a network, those of branches too. */
export function totalCost(layers: readonly PlacedLayer[]): Footprint {
  const total = (part: keyof LayerCost) => layers.reduce((sum, { cost }) => sum + cost[part], 0);
  return {
    parameters: total('parameters'),
    statistics: total('statistics'),
    macs: total('macs'),
    activations: total('activations'),
  };
}
