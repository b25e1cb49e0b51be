import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import type { OptimizerSpec } from '../../runs/hyperParameters';

/** One update of all trainable variables of a model; `gradients` in the order of the variables. */
export interface Update {
  /** In the order of the kind's names. Each float32 [P]: a value per parameter, the variables one after the other. */
  readonly slots: readonly Tensor1D[];
  readonly variables: readonly Variable[];
  readonly gradients: readonly Tensor[];
  readonly learningRate: number;
  /** From 1. */
  readonly step: number;
}

/** New tensors, or those of an update written in place with their reference counts raised. The caller disposes of them. */
export type Updated = { slots: Tensor1D[]; variables: Tensor[] };

/**
 * How variables follow their gradients: a file of this folder each, its fields in `OptimizerSpec`. Formulas are Keras
 * 3's.
 */
export interface OptimizerKind<Spec extends OptimizerSpec = OptimizerSpec> {
  /** What it remembers from step to step, as checkpoints name it; zeros at first. */
  readonly slots: readonly string[];
  update(spec: Spec, update: Update): Updated;
}
