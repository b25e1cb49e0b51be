import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type BatchNormKernels, batchNormSize } from '../../core/batchNormalization/kernels';
import { registerKernels } from '../../core/customKernels';
import type { Heap } from './heap';
import type { Threads } from './threads';

/** Sums are kept for at most so many chunks, whatever the number of threads; a chunk has some values at least. */
const MOST_CHUNKS = 64;
const LEAST_VALUES = 1 << 14;

/** assembly/batchNorm.ts as TF.js kernels. */
export function registerBatchNormKernels(heap: Heap, threads: Threads): void {
  registerKernels<BatchNormKernels>('wasm', {
    BatchNormTraining({ x, gamma, beta }, { epsilon }) {
      const { pixels, channels } = batchNormSize(x);
      const { grain, chunks } = cut(pixels, channels);
      const [y, mean, variance] = [heap.output(x.shape), heap.output([channels]), heap.output([channels])];
      const at = addresses({ x, gamma, beta, y, mean, variance });
      heap.withBlock((16 * chunks + 4) * channels, (sums) => {
        const scale = sums + 16 * chunks * channels;
        threads.run('batchNormSums', pixels, grain, at.x, sums, channels, grain);
        threads.run(
          ...(['batchNormStatistics', channels, channels, sums, chunks, pixels, channels] as const),
          ...[at.gamma, epsilon, at.mean, at.variance, scale],
        );
        threads.run('batchNormApply', pixels, grain, at.x, at.mean, scale, at.beta, at.y, channels);
      });
      return [y, mean, variance];
    },

    BatchNormTrainingGrad({ dy, x, gamma, mean, variance }, { epsilon }) {
      const { pixels, channels } = batchNormSize(x);
      const { grain, chunks } = cut(pixels, channels);
      const [dx, dgamma, dbeta] = [heap.output(x.shape), heap.output([channels]), heap.output([channels])];
      const at = addresses({ dy, x, gamma, mean, variance, dx, dgamma, dbeta });
      heap.withBlock((16 * chunks + 12) * channels, (sums) => {
        const scale = sums + 16 * chunks * channels;
        const factors = [scale, scale + 4 * channels, scale + 8 * channels];
        threads.run('batchNormGradSums', pixels, grain, at.dy, at.x, at.mean, sums, channels, grain);
        threads.run(
          ...(['batchNormGradFactors', channels, channels, sums, chunks, pixels, channels] as const),
          ...[at.gamma, at.variance, epsilon, at.dgamma, at.dbeta, ...factors],
        );
        threads.run(
          ...(['batchNormGradApply', pixels, grain, at.dy, at.x, at.mean] as const),
          ...[...factors, at.dx, channels],
        );
      });
      return [dx, dgamma, dbeta];
    },
  });

  function addresses<Name extends string>(tensors: Record<Name, TensorInfo>) {
    const entries = Object.entries<TensorInfo>(tensors).map(([name, tensor]) => [name, heap.address(tensor)]);
    return Object.fromEntries(entries) as Record<Name, number>;
  }
}

function cut(pixels: number, channels: number) {
  const grain = Math.max(Math.ceil(pixels / MOST_CHUNKS), Math.ceil(LEAST_VALUES / channels));
  return { grain, chunks: Math.ceil(pixels / grain) };
}
