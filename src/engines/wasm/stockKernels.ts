import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { replaceStockKernel } from '../stockKernels';

/** @param make gets TF.js's own kernel, for arguments that ours is not made for */
export function replaceKernel(kernelName: string, make: (stock: KernelFunc) => KernelFunc): void {
  replaceStockKernel('wasm', kernelName, make);
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
