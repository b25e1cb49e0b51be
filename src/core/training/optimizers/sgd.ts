import { add, mul, sub, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import { flattened, parted } from './flat';
import type { OptimizerKind } from './optimizerKind';
import { decayed } from './weightDecay';

/**
 * Stochastic gradient descent with momentum, by Keras's formula (`keras.optimizers.SGD`):
 *
 *   velocity ← momentum · velocity − rate · g    w ← w + velocity    (Nesterov: w ← w + momentum · velocity − rate · g)
 *
 * after a decoupled weight decay. PyTorch's, which adds weight decay · w to the gradient, decays 1 / (1 − momentum)
 * times as much: its 1e-4 at a momentum of 0.9 is 1e-3 here.
 */
export const sgd: OptimizerKind<{ kind: 'sgd'; momentum: number; nesterov: boolean; weightDecay: number }> = {
  slots: ['velocity'],
  update: ({ momentum, nesterov, weightDecay }, { slots, variables, gradients, learningRate }) =>
    tidy(() => {
      const pull = mul<Tensor1D>(flattened(gradients), learningRate);
      const follow = (velocity: Tensor1D) => sub<Tensor1D>(mul(velocity, momentum), pull);
      const velocity = follow(slots[0]!);
      const changes = parted(nesterov ? follow(velocity) : velocity, variables);
      const from = decayed(variables, learningRate * weightDecay);
      return { slots: [velocity], variables: from.map((value, i) => add(value, changes[i]!)) };
    }),
};
