import { Cast, type CastAttrs, Identity, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from './heap';
import { replaceKernel } from './stockKernels';

/**
 * Tensors are immutable, so a copy can share the original's memory, as on TF.js's cpu backend; the wasm backend's own
 * `Identity` copies, and every tensor that a gradient needs is saved through it. So does a `Cast` that changes nothing.
 */
export function registerSharingKernels(heap: Heap): void {
  replaceKernel(Identity, (stock) => (args) => {
    const x = args.inputs.x as TensorInfo;
    return x.dtype === 'string' ? stock(args) : heap.again(x);
  });

  replaceKernel(Cast, (stock) => (args) => {
    const x = args.inputs.x as TensorInfo;
    return x.dtype === (args.attrs as unknown as CastAttrs).dtype ? heap.again(x) : stock(args);
  });
}
