import type { OptimizerSpec } from '../../runs/hyperParameters';
import { adam } from './adam';
import { adamW } from './adamW';
import type { OptimizerKind } from './optimizerKind';
import { sgd } from './sgd';

/** Every kind of optimizer that a spec can ask for. */
const kinds: {
  readonly [Kind in OptimizerSpec['kind']]: OptimizerKind<Extract<OptimizerSpec, { kind: Kind }>>;
} = { adam, adamw: adamW, sgd };

export function optimizerKind({ kind }: Pick<OptimizerSpec, 'kind'>): OptimizerKind {
  return kinds[kind] as OptimizerKind;
}
