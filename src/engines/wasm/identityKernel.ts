import { Identity, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from './heap';
import { replaceKernel } from './stockKernels';

/**
 * Tensors are immutable, so a copy can share the original's memory, as on TF.js's cpu backend; the wasm backend's own
 * `Identity` copies, and every tensor that a gradient needs is saved through it.
 */
export function registerIdentityKernel(heap: Heap): void {
  replaceKernel(Identity, (stock) => (args) => {
    const x = args.inputs.x as TensorInfo;
    return x.dtype === 'string' ? stock(args) : heap.again(x);
  });
}
