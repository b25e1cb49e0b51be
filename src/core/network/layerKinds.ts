import type { LayerKind } from './layerKind';
import { activation } from './layers/activation';
import { averagePool } from './layers/averagePool';
import { batchNorm } from './layers/batchNorm';
import { convolution } from './layers/convolution';
import { dense } from './layers/dense';
import { dropout } from './layers/dropout';
import { flatten } from './layers/flatten';
import { globalAveragePool } from './layers/globalAveragePool';
import { involution } from './layers/involution';
import { maxPool } from './layers/maxPool';
import { residual } from './layers/residual';

const kinds = {
  convolution,
  involution,
  batchNorm,
  activation,
  maxPool,
  averagePool,
  globalAveragePool,
  flatten,
  dense,
  dropout,
  residual,
};

/** Every kind of layer by its name in a network: a new kind is its file and a line here. */
export const layerKinds: Record<string, LayerKind<never>> = Object.fromEntries(
  Object.values(kinds).map((kind) => [kind.kind, kind as LayerKind<never>]),
);
