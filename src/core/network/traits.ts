import { allSpecs } from './branches';
import type { NetworkSpec } from './network';

/** What whoever handles a network asks of it, without building it. */

/** A layer of that kind is in it, or in one of its branches. */
export const hasKind = ({ layers }: NetworkSpec, kind: string): boolean =>
  [...allSpecs(layers)].some((layer) => layer.kind === kind);

/** There are kernels to show. */
export const hasInvolutions = (network: NetworkSpec): boolean => hasKind(network, 'involution');

/** Convolutions take most of its time. */
export const convolves = (network: NetworkSpec): boolean => hasKind(network, 'convolution');
