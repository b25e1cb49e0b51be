import { Add, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { registerKernels } from '../../core/customKernels';
import type { FusedKernels } from '../../core/plan/kernels';
import { areAlike, type Summands, unfusedAddRelu } from '../unfusedAddRelu';
import type { Heap } from './heap';
import { replaceKernel } from './stockKernels';
import type { Threads } from './threads';

/** Values of a chunk. */
const CHUNK = 1 << 16;

/** Sums of two tensors of the same shape on threads: residual branches, and the gradients that meet where they part. */
export function registerAddKernels(heap: Heap, threads: Threads): void {
  replaceKernel(Add, (stock) => (args) => {
    const summands = args.inputs as unknown as Summands;
    return areAlike(summands) ? add(summands, -Infinity) : stock(args);
  });

  registerKernels<FusedKernels>('wasm', {
    AddRelu: (summands) =>
      areAlike(summands) ? add(summands, 0) : unfusedAddRelu('wasm', heap.backend, summands),
  });

  function add({ a, b }: Summands, lower: number): TensorInfo {
    const y = heap.output(a.shape);
    const [left, right, to] = [a, b, y].map((tensor) => heap.address(tensor));
    threads.run('add', util.sizeFromShape(a.shape), CHUNK, left!, right!, lower, to!);
    return y;
  }
}
