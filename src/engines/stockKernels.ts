import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

/**
 * Registers a kernel of ours under a name that a backend of TF.js has a kernel for. That one comes back when the backend
 * is removed.
 * @param make gets the backend's own kernel, for arguments that ours is not made for
 */
export function replaceStockKernel(
  backendName: string,
  kernelName: string,
  make: (stock: KernelFunc) => KernelFunc,
): void {
  const stock = getKernel(kernelName, backendName);
  if (!stock)
    throw new Error(`TensorFlow.js's ${backendName} backend has no kernel "${kernelName}" to replace.`);
  unregisterKernel(kernelName, backendName);
  registerKernel({
    ...stock,
    kernelFunc: make(stock.kernelFunc),
    disposeFunc() {
      unregisterKernel(kernelName, backendName);
      registerKernel(stock);
    },
  });
}
