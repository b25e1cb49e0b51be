import { Add, getKernel, type NamedTensorInfoMap, Relu, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { registerKernels } from '../../core/customKernels';
import type { FusedKernels } from '../../core/plan/kernels';
import type { Heap } from './heap';
import { replaceKernel } from './stockKernels';
import type { Threads } from './threads';

/** Values of a chunk. */
const CHUNK = 1 << 16;

type Summands = FusedKernels['AddRelu']['inputs'];

/** Sums of two tensors of the same shape on threads: residual branches, and the gradients that meet where they part. */
export function registerAddKernels(heap: Heap, threads: Threads): void {
  replaceKernel(Add, (stock) => (args) => {
    const summands = args.inputs as unknown as Summands;
    return areAlike(summands) ? add(summands, -Infinity) : stock(args);
  });

  registerKernels<FusedKernels>('wasm', {
    AddRelu(summands) {
      if (areAlike(summands)) return add(summands, 0);
      const sum = run(Add, { ...summands });
      const y = run(Relu, { x: sum });
      heap.backend.disposeData(sum.dataId);
      return y;
    },
  });

  function run(kernel: string, inputs: NamedTensorInfoMap): TensorInfo {
    const { kernelFunc } = getKernel(kernel, 'wasm')!;
    return kernelFunc({ inputs, attrs: {}, backend: heap.backend }) as TensorInfo;
  }

  function add({ a, b }: Summands, lower: number): TensorInfo {
    const y = heap.output(a.shape);
    const [left, right, to] = [a, b, y].map((tensor) => heap.address(tensor));
    threads.run('add', util.sizeFromShape(a.shape), CHUNK, left!, right!, lower, to!);
    return y;
  }
}

const areAlike = ({ a, b }: Summands) =>
  a.dtype === 'float32' && b.dtype === 'float32' && util.arraysEqual(a.shape, b.shape);
