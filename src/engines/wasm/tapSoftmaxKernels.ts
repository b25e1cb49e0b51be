import type { TensorInfo } from '@tensorflow/tfjs-core';
import { registerKernels } from '../../core/customKernels';
import type { TapSoftmaxKernels } from '../../core/involution/generators/tapSoftmax';
import type { Heap } from './heap';
import type { Threads } from './threads';

/** Values of a chunk: some tens of microseconds. */
const CHUNK_VALUES = 1 << 14;

/** assembly/tapSoftmax.ts: stock ops would turn the scores around and back, on one thread. */
export function registerTapSoftmaxKernels(heap: Heap, threads: Threads): void {
  const run = (kernel: string, ...inputs: TensorInfo[]) => {
    const [positions, taps, groups] = inputs[0]!.shape as [number, number, number];
    const output = heap.output([positions, taps, groups]);
    threads.run(
      kernel,
      positions * groups,
      4 * Math.max(1, Math.floor(CHUNK_VALUES / taps / 4)),
      ...[...inputs, output].map((tensor) => heap.address(tensor)),
      taps,
      groups,
    );
    return output;
  };
  registerKernels<TapSoftmaxKernels>('wasm', {
    TapSoftmax: ({ scores }) => run('tapSoftmax', scores),
    TapSoftmaxGrad: ({ dy, y }) => run('tapSoftmaxGrad', dy, y),
  });
}
