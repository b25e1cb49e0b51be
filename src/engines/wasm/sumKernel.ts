import { backend_util, Sum, type SumAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Heap } from './heap';
import { replaceKernel } from './stockKernels';
import type { Threads } from './threads';

/** A sum is cut in so many pieces, of not too few values, whatever the number of threads. */
const PIECES = 64;
const LEAST_VALUES = 1 << 14;

/**
 * Sums over all axes but the last ones, such as a bias's gradient. TF.js's own transposes the tensor for them, on one
 * thread, and then adds each sum's values up one by one.
 */
export function registerSumKernel(heap: Heap, threads: Threads): void {
  replaceKernel(Sum, (stock) => (args) => {
    const x = args.inputs.x as TensorInfo;
    const { axis, keepDims } = args.attrs as unknown as SumAttrs;
    const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
    const columns = util.sizeFromShape(x.shape.slice(axes.length));
    const rows = util.sizeFromShape(x.shape.slice(0, axes.length));
    const areFirst = axes.every((axis, i) => axis === i) && axes.length < x.shape.length;
    if (!areFirst || x.dtype !== 'float32' || rows * columns === 0) return stock(args);

    const shape = x.shape.slice(axes.length);
    const total = heap.output(keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape);
    const grain = Math.max(Math.ceil(rows / PIECES), Math.ceil(LEAST_VALUES / columns));
    const pieces = Math.ceil(rows / grain);
    heap.withBlock(4 * pieces * columns, (partials) => {
      threads.run('columnSums', rows, grain, heap.address(x), columns, partials, grain);
      threads.run('columnSums', pieces, pieces, partials, columns, heap.address(total), pieces);
    });
    return total;
  });
}
