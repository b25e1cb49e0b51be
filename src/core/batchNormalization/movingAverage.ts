import { add, mul, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { type KernelSet, kernelRunner, registerMissingKernels } from '../customKernels';

export interface MovingAverageKernels {
  /** moving, batch [C] → moving · momentum + batch · (1 − momentum), each product rounded. */
  MovingAverage: {
    inputs: Record<'moving' | 'batch', TensorInfo>;
    attrs: { momentum: number };
    outputs: TensorInfo;
  };
}

const portable: KernelSet<MovingAverageKernels> = {
  MovingAverage({ moving, batch }, { momentum }) {
    const [old, now] = [mul(moving as Tensor, momentum), mul(batch as Tensor, 1 - momentum)];
    const average = add(old, now);
    for (const product of [old, now]) product.dispose();
    return average;
  },
};

const runKernel = kernelRunner<MovingAverageKernels>();

/** A moving statistic after a step in training, as Keras's batch normalisation has it. No gradient flows through it. */
export function movingAverage<T extends Tensor>(moving: T, batch: T, momentum: number): T {
  registerMissingKernels<MovingAverageKernels>(portable);
  return runKernel('MovingAverage', { moving, batch }, { momentum }) as T;
}
