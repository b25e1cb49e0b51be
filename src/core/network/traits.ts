import { allSpecs } from './branches';
import type { NetworkSpec } from './network';

/** What whoever handles a network asks of it, without building it. */

/** A layer of that kind is in it, or in one of its branches. */
export const hasKind = ({ layers }: NetworkSpec, kind: string): boolean =>
  [...allSpecs(layers)].some((layer) => layer.kind === kind);

/** There are kernels to show. */
export const hasInvolutions = (network: NetworkSpec): boolean => hasKind(network, 'involution');

/** Whatever kernels it has are the same at every position. */
export const hasFixedKernels = ({ layers }: NetworkSpec): boolean => {
  const generators = [...allSpecs(layers)]
    .filter(({ kind }) => kind === 'involution')
    .map((layer) => (layer as unknown as { generator: { kind: string } }).generator.kind);
  return generators.every((kind) => kind === 'static');
};

/** Convolutions take most of its time. */
export const convolves = (network: NetworkSpec): boolean => hasKind(network, 'convolution');
