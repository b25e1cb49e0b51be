import {
  backend,
  engine,
  getBackend,
  getKernel,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorMap,
  registerKernel,
  type Tensor,
} from '@tensorflow/tfjs-core';

/**
 * Runs one of the training kernels (docs/ARCHITECTURE.md has the table). An engine registers its own under the same
 * name for its backend; a backend that has none is given the portable one, made of stock TF.js ops.
 */
export function runTrainingKernel<T extends Tensor | Tensor[]>(
  kernelName: string,
  portable: KernelFunc,
  inputs: Record<string, Tensor> | readonly Tensor[],
  attrs: NamedAttrMap = {},
): T {
  backend();
  const backendName = getBackend();
  if (!getKernel(kernelName, backendName)) registerKernel({ kernelName, backendName, kernelFunc: portable });
  return engine().runKernel<T>(kernelName, inputs as NamedTensorMap, attrs);
}
