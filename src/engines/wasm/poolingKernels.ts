import {
  AvgPool,
  AvgPoolGrad,
  backend_util,
  getKernel,
  MaxPool,
  type MaxPoolAttrs,
  MaxPoolGrad,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { registerKernels } from '../../core/customKernels';
import type { FusedKernels } from '../../core/plan/kernels';
import { reluGradKernel } from '../reluGradient';
import type { Heap } from './heap';
import { withWords } from './operands';
import { replaceKernel } from './stockKernels';
import type { Threads } from './threads';

/** Of both kinds of pools and their gradients. */
type PoolAttributes = MaxPoolAttrs;

/** Multiply-adds, or the like, of a chunk. */
const CHUNK_WORK = 1 << 16;

/**
 * Pooling in place of TF.js's. Its gradient of max pooling takes 10 ms where ours takes a fraction of one, and sends the
 * gradient of a window that has no positive value to the wrong place. Its average pooling divides by zero where strides
 * are wider than the window, and its gradient takes hundreds of times as long.
 */
export function registerPoolingKernels(heap: Heap, threads: Threads): void {
  registerPool(MaxPool, 'maxPool');
  registerPool(AvgPool, 'averagePool');

  replaceKernel(MaxPoolGrad, () => ({ inputs, attrs }) => {
    const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
    return maxPoolGradient(dy, input, attrs as unknown as PoolAttributes, false);
  });

  replaceKernel(AvgPoolGrad, () => ({ inputs, attrs }) => {
    const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
    const dx = heap.output(input.shape);
    run('averagePoolGrad', describe(input.shape, attrs as unknown as PoolAttributes), [dy, dx]);
    return dx;
  });

  registerKernels<FusedKernels>('wasm', {
    MaxPoolReluGrad({ dy, input, y }, attrs) {
      if (y.dataId === input.dataId) return maxPoolGradient(dy, input, attrs, true);
      const gradient = maxPoolGradient(dy, input, attrs, false);
      const { kernelFunc } = getKernel(reluGradKernel, 'wasm')!;
      const { backend } = heap;
      const dx = kernelFunc({ inputs: { dy: gradient, y }, attrs: {}, backend }) as TensorInfo;
      backend.disposeData(gradient.dataId);
      return dx;
    },
  });

  function registerPool(name: typeof MaxPool | typeof AvgPool, kernel: string) {
    replaceKernel(name, (stock) => (args) => {
      const x = args.inputs.x as TensorInfo;
      if (x.dtype !== 'float32') return stock(args);
      const pool = describe(x.shape, args.attrs as unknown as PoolAttributes);
      const y = heap.output(pool.outShape);
      run(kernel, pool, [x, y]);
      return y;
    });
  }

  /** @param isRectified whether the gradient of what a ReLU was given is asked for, which gave x */
  function maxPoolGradient(dy: TensorInfo, x: TensorInfo, attrs: PoolAttributes, isRectified: boolean) {
    const dx = heap.output(x.shape);
    run('maxPoolGrad', describe(x.shape, attrs), [dy, x, dx], Number(isRectified));
    return dx;
  }

  function run(kernel: string, pool: backend_util.Conv2DInfo, tensors: TensorInfo[], ...more: number[]) {
    const imageWork =
      pool.outHeight * pool.outWidth * pool.outChannels * pool.filterHeight * pool.filterWidth;
    const grain = Math.max(1, Math.floor(CHUNK_WORK / imageWork));
    const addresses = tensors.map((tensor) => heap.address(tensor));
    withWords(heap, wordsOf(pool), (words) => {
      threads.run(kernel, pool.batchSize, grain, words, ...addresses, ...more);
    });
  }
}

/** As the `Pool` of assembly/pooling.ts has them. */
const wordsOf = (pool: backend_util.Conv2DInfo) => [
  ...[pool.inHeight, pool.inWidth, pool.inChannels, pool.outHeight, pool.outWidth],
  ...[pool.filterHeight, pool.filterWidth, pool.strideHeight, pool.strideWidth],
  ...[pool.padInfo.top, pool.padInfo.left],
];

function describe(shape: number[], { filterSize, strides, pad, dimRoundingMode }: PoolAttributes) {
  const image = shape as [number, number, number, number];
  return backend_util.computePool2DInfo(image, filterSize, strides, 1, pad, dimRoundingMode);
}
