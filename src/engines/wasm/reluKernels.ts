import { Relu, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { registerReluGradient, reluGradKernel } from '../reluGradient';
import type { Heap } from './heap';
import { addKernel, replaceKernel } from './stockKernels';
import type { Threads } from './threads';

/** Values of a chunk. */
const CHUNK = 1 << 16;

/** ReLU on threads, with a kernel of its own for its gradient: TF.js makes that of a step, a cast and a product. */
export function registerReluKernels(heap: Heap, threads: Threads): void {
  replaceKernel(Relu, (stock) => (args) => {
    const x = args.inputs.x as TensorInfo;
    if (x.dtype !== 'float32') return stock(args);
    const y = heap.output(x.shape);
    threads.run('relu', util.sizeFromShape(x.shape), CHUNK, heap.address(x), heap.address(y));
    return y;
  });

  addKernel(reluGradKernel, ({ inputs }) => {
    const { dy, y } = inputs as { dy: TensorInfo; y: TensorInfo };
    const dx = heap.output(y.shape);
    const [from, mask, to] = [dy, y, dx].map((tensor) => heap.address(tensor));
    threads.run('reluGrad', util.sizeFromShape(y.shape), CHUNK, from!, mask!, to!);
    return dx;
  });
  registerReluGradient();
}
