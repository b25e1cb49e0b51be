import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';

/** Of a network of more layers one is drawn at once. */
const mostAtOnce = 4;

/** Whether the layers are picked from a strip: there are many, or each has a picture for every group besides its own. */
export const isPicked = (layers: readonly KernelLayer[]): boolean =>
  layers.length > mostAtOnce || (layers.length > 1 && layers.some(({ groups }) => groups > 1));

/** The layers that a row draws; `place`: which one is picked. */
export const shownLayers = (layers: readonly KernelLayer[], place: number): readonly KernelLayer[] =>
  isPicked(layers) ? [layers[Math.min(place, layers.length - 1)]!] : layers;
