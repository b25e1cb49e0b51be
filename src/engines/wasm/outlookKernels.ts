import type { TensorInfo } from '@tensorflow/tfjs-core';
import { registerKernels } from '../../core/customKernels';
import type { OutlookAttrs, OutlookKernels } from '../../core/involution/generators/gatherOutlook';
import type { Heap } from './heap';
import type { Threads } from './threads';

/** Values of a chunk: some tens of microseconds. */
const CHUNK_VALUES = 1 << 14;

/** assembly/outlook.ts: stock ops would cut out, pad and add up K² tensors, on one thread. */
export function registerOutlookKernels(heap: Heap, threads: Threads): void {
  function run(kernel: string, input: TensorInfo, output: TensorInfo, attrs: OutlookAttrs): TensorInfo {
    const [batch, height, width] = input.shape as [number, number, number];
    const { kernelSize, padTop, padLeft } = attrs;
    const groups = input.shape.at(-1)!;
    threads.run(
      kernel,
      batch * height * width,
      Math.max(1, Math.floor(CHUNK_VALUES / (kernelSize ** 4 * groups))),
      ...[heap.address(input), heap.address(output)],
      ...[height, width, kernelSize, groups, padTop, padLeft],
    );
    return output;
  }

  registerKernels<OutlookKernels>('wasm', {
    GatherOutlook({ shares }, attrs) {
      const [batch, height, width, , , groups] = shares.shape as number[];
      const stencil = 2 * attrs.kernelSize - 1;
      const kernels = heap.output([batch!, height!, width!, stencil ** 2, 1, groups!]);
      return run('gatherOutlook', shares, kernels, attrs);
    },
    GatherOutlookGrad({ dy }, attrs) {
      const [batch, height, width, , , groups] = dy.shape as number[];
      const taps = attrs.kernelSize ** 2;
      const dshares = heap.output([batch!, height!, width!, taps, taps, groups!]);
      return run('gatherOutlookGrad', dy, dshares, attrs);
    },
  });
}
