import {
  AvgPool,
  AvgPoolGrad,
  backend_util,
  MaxPool,
  type MaxPoolAttrs,
  MaxPoolGrad,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Heap } from './heap';
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
  // Where the largest value was, x tells; an average is shared out wherever it came from.
  registerGradient(MaxPoolGrad, 'maxPoolGrad', (dy, x) => [dy, x]);
  registerGradient(AvgPoolGrad, 'averagePoolGrad', (dy) => [dy]);

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

  function registerGradient(
    name: typeof MaxPoolGrad | typeof AvgPoolGrad,
    kernel: string,
    needed: (dy: TensorInfo, x: TensorInfo) => TensorInfo[],
  ) {
    replaceKernel(name, () => ({ inputs, attrs }) => {
      const { dy, input: x } = inputs as { dy: TensorInfo; input: TensorInfo };
      const dx = heap.output(x.shape);
      run(kernel, describe(x.shape, attrs as unknown as PoolAttributes), [...needed(dy, x), dx]);
      return dx;
    });
  }

  function run(kernel: string, pool: backend_util.Conv2DInfo, tensors: TensorInfo[]) {
    const imageWork =
      pool.outHeight * pool.outWidth * pool.outChannels * pool.filterHeight * pool.filterWidth;
    threads.run(
      kernel,
      pool.batchSize,
      Math.max(1, Math.floor(CHUNK_WORK / imageWork)),
      ...tensors.map((tensor) => heap.address(tensor)),
      ...[pool.inHeight, pool.inWidth, pool.inChannels, pool.outHeight, pool.outWidth],
      ...[pool.filterHeight, pool.filterWidth, pool.strideHeight, pool.strideWidth],
      ...[pool.padInfo.top, pool.padInfo.left],
    );
  }
}

function describe(shape: number[], { filterSize, strides, pad, dimRoundingMode }: PoolAttributes) {
  const image = shape as [number, number, number, number];
  return backend_util.computePool2DInfo(image, filterSize, strides, 1, pad, dimRoundingMode);
}
