// Brings TF.js's gradients, before one of them is replaced.
import '@tensorflow/tfjs-layers';
import {
  engine,
  getBackend,
  getGradient,
  getKernel,
  Relu,
  registerGradient,
  type Tensor,
  type TensorInfo,
  unregisterGradient,
  util,
} from '@tensorflow/tfjs-core';
import type { Heap } from './heap';
import { addKernel, replaceKernel } from './stockKernels';
import type { Threads } from './threads';

const ReluGrad = 'ReluGrad';

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

  addKernel(ReluGrad, ({ inputs }) => {
    const { dy, x } = inputs as { dy: TensorInfo; x: TensorInfo };
    const dx = heap.output(x.shape);
    const [from, mask, to] = [dy, x, dx].map((tensor) => heap.address(tensor));
    threads.run('reluGrad', util.sizeFromShape(x.shape), CHUNK, from!, mask!, to!);
    return dx;
  });
}

const stock = getGradient(Relu);
unregisterGradient(Relu);
registerGradient({
  ...stock,
  gradFunc: (dy, saved, attrs) => {
    const [x] = saved as [Tensor];
    if (x.dtype !== 'float32' || !getKernel(ReluGrad, getBackend())) return stock.gradFunc(dy, saved, attrs);
    return { x: () => engine().runKernel(ReluGrad, { dy: dy as Tensor, x }) as Tensor };
  },
});
