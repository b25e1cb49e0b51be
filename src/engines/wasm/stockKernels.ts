import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

/**
 * Registers a kernel of ours under a name that TF.js's wasm backend may have a kernel for. That one comes back when
 * the backend is removed.
 * @param make gets the backend's own kernel, for arguments that ours is not made for
 */
export function replaceKernel(kernelName: string, make: (stock: KernelFunc) => KernelFunc): void {
  const stock = getKernel(kernelName, 'wasm');
  if (!stock) throw new Error(`TensorFlow.js's wasm backend has no kernel "${kernelName}" to replace.`);
  unregisterKernel(kernelName, 'wasm');
  registerKernel({
    ...stock,
    kernelFunc: make(stock.kernelFunc),
    disposeFunc() {
      unregisterKernel(kernelName, 'wasm');
      registerKernel(stock);
    },
  });
}

/** Registers a kernel that TF.js's wasm backend lacks; where a later TF.js has it, that one stays. */
export function addKernel(kernelName: string, kernelFunc: KernelFunc): void {
  if (getKernel(kernelName, 'wasm')) return;
  registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc,
    disposeFunc: () => unregisterKernel(kernelName, 'wasm'),
  });
}
