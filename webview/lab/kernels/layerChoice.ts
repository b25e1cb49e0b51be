import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import { pairedPlace } from '../../../src/core/kernels/pairing';

type Layers = readonly KernelLayer[];

/** Of a network of more layers one is drawn at once. */
const mostAtOnce = 4;

/**
 * Whether a network's layers are picked from a strip: there are many, or each has a picture for every group besides its
 * own, or those of the network beside it are others.
 */
export function isPicked(layers: Layers, others: Layers | undefined): boolean {
  if (layers.length === 1) return false;
  if (layers.length > mostAtOnce || layers.some(({ groups }) => groups > 1)) return true;
  if (!others) return false;
  return others.length !== layers.length || others.some(({ name }, i) => name !== layers[i]!.name);
}

/** Which layer is picked, by number. It outlives the network, so there may be none of this number. */
export interface LayerChoice {
  readonly first: number;
  /** Null: the one that is paired with the first network's. */
  readonly second: number | null;
}

const within = (place: number, { length }: Layers) => Math.min(place, length - 1);

export const firstPlace = (choice: LayerChoice, layers: Layers): number => within(choice.first, layers);

/** @param first the first network's layers, once they are known. */
export function secondPlace(choice: LayerChoice, layers: Layers, first: Layers | undefined): number {
  if (choice.second !== null) return within(choice.second, layers);
  return first ? pairedPlace(first, firstPlace(choice, first), layers) : 0;
}
