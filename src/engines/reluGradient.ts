import {
  engine,
  getBackend,
  getKernel,
  mul,
  type NamedTensorMap,
  Relu,
  registerGradient,
  step,
  type Tensor,
} from '@tensorflow/tfjs-core';

/** Kernel name. dy, y (what the ReLU gave) → dx, in one pass. */
export const reluGradKernel = 'ReluGrad';

const reluGradient = (dy: Tensor, y: Tensor): Tensor =>
  getKernel(reluGradKernel, getBackend())
    ? engine().runKernel(reluGradKernel, { dy, y } as NamedTensorMap)
    : mul(dy, step(y));

/**
 * Has ReLU keep what it gave, which the next layer keeps anyway, in place of what it was given; and lets an engine
 * have a kernel for its gradient. TF.js's own gradient is up to seven passes.
 */
export function registerReluGradient(): void {
  registerGradient({
    kernelName: Relu,
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({ x: () => reluGradient(dy as Tensor, y!) }),
  });
  registerGradient({
    kernelName: reluGradKernel,
    inputsToSave: ['y'],
    gradFunc: (ddx, [y]) => ({ dy: () => reluGradient(ddx as Tensor, y!), y: () => mul(y!, 0) }),
  });
}
