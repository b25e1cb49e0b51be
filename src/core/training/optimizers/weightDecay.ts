import { mul, sub, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Decoupled weight decay as Keras 3 has it, before the step that follows the gradients: w ← w − w · rate, where rate is
 * learning rate × weight decay. Biases and the parameters of batch norms, which have one dimension, do not decay. The
 * caller disposes of the new tensors (in a `tidy`); those that do not decay are the variables themselves.
 */
export function decayed(variables: readonly Tensor[], rate: number): Tensor[] {
  if (rate === 0) return [...variables];
  // Not w · (1 − rate): rounded to float32, that factor is off by percents of a small rate.
  return variables.map((variable) => (variable.rank > 1 ? sub(variable, mul(variable, rate)) : variable));
}
