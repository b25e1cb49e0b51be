import { Mean, type MeanAttrs, Sum, type SumAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { registerSumGradients } from '../sumGradients';
import { type SumView, sumViewOf } from '../sumView';
import type { Heap } from './heap';
import { replaceKernel } from './stockKernels';
import type { Threads } from './threads';

/** A sum over the first axes is cut in so many pieces, of not too few values, whatever the number of threads. */
const PIECES = 64;
const LEAST_VALUES = 1 << 14;

/**
 * Sums and means over neighbouring axes that the last one is not of, such as a bias's gradient and the global average of
 * an image. TF.js's own transposes the tensor for them, on one thread, and then adds each sum's values up one by one.
 */
export function registerSumKernels(heap: Heap, threads: Threads): void {
  registerSumGradients();

  replaceKernel(Sum, (stock) => (args) => {
    const x = args.inputs.x as TensorInfo;
    const view = sumViewOf(x, args.attrs as unknown as SumAttrs);
    return view ? sum(x, view) : stock(args);
  });

  replaceKernel(Mean, (stock) => (args) => {
    const x = args.inputs.x as TensorInfo;
    const view = sumViewOf(x, args.attrs as unknown as MeanAttrs);
    if (!view) return stock(args);
    const mean = sum(x, view);
    const values = heap.floats(mean);
    for (let i = 0; i < values.length; i++) values[i]! /= view.rows;
    return mean;
  });

  function sum(x: TensorInfo, { groups, rows, columns, shape }: SumView): TensorInfo {
    const total = heap.output(shape);
    if (groups > 1) {
      const grain = Math.ceil(LEAST_VALUES / (rows * columns));
      threads.run(
        ...(['groupedColumnSums', groups, grain, heap.address(x)] as const),
        ...[rows, columns, heap.address(total)],
      );
      return total;
    }
    const grain = Math.max(Math.ceil(rows / PIECES), Math.ceil(LEAST_VALUES / columns));
    const pieces = Math.ceil(rows / grain);
    heap.withBlock(4 * pieces * columns, (partials) => {
      threads.run('columnSums', rows, grain, heap.address(x), columns, partials, grain);
      threads.run('columnSums', pieces, pieces, partials, columns, heap.address(total), pieces);
    });
    return total;
  }
}
