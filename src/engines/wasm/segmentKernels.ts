import {
  type TensorInfo,
  UnsortedSegmentSum,
  type UnsortedSegmentSumAttrs,
  util,
} from '@tensorflow/tfjs-core';
import type { Heap } from './heap';
import { addKernel } from './stockKernels';

/** Sums over segments, the gradient of `gather` and embeddings, which TF.js's wasm backend lacks. */
export function registerSegmentKernels(heap: Heap): void {
  addKernel(UnsortedSegmentSum, ({ inputs, attrs }) => {
    const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
    const { numSegments } = attrs as unknown as UnsortedSegmentSumAttrs;
    const rowShape = x.shape.slice(segmentIds.shape.length);
    const rowLength = util.sizeFromShape(rowShape);
    const sums = heap.output([numSegments, ...rowShape]);
    const [values, segments, totals] = [heap.floats(x), heap.integers(segmentIds), heap.floats(sums)];
    totals.fill(0);
    segments.forEach((segment, row) => {
      if (segment < 0 || segment >= numSegments) return;
      const to = segment * rowLength;
      const from = row * rowLength;
      for (let i = 0; i < rowLength; i++) totals[to + i]! += values[from + i]!;
    });
    return sums;
  });
}
