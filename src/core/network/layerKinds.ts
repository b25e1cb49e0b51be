import type { LayerKind } from './layerKind';
import { activation } from './layers/activation';
import { convolution } from './layers/convolution';
import { dense } from './layers/dense';
import { flatten } from './layers/flatten';
import { involution } from './layers/involution';
import { maxPool } from './layers/maxPool';

const kinds = { convolution, involution, activation, maxPool, flatten, dense };

/** Every kind of layer by its name in a network: a new kind is its file and a line here. */
export const layerKinds: Record<string, LayerKind<never>> = Object.fromEntries(
  Object.values(kinds).map((kind) => [kind.kind, kind as LayerKind<never>]),
);
