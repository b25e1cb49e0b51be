import { FusedBatchNorm, type FusedBatchNormAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import {
  type BatchNormAttrs,
  type BatchNormKernels,
  batchNormSize,
} from '../../core/batchNormalization/kernels';
import { registerKernels } from '../../core/customKernels';
import type { FusedKernels } from '../../core/plan/kernels';
import type { Heap } from './heap';
import { replaceKernel } from './stockKernels';
import type { Threads } from './threads';

/** Sums are kept for at most so many chunks, whatever the number of threads; a chunk has some values at least. */
const MOST_CHUNKS = 64;
const LEAST_VALUES = 1 << 15;

/** What TF.js normalises with outside of training. */
interface Statistics {
  readonly x: TensorInfo;
  readonly mean: TensorInfo;
  readonly variance: TensorInfo;
  readonly offset?: TensorInfo;
  readonly scale?: TensorInfo;
}

type Forward = FusedKernels['BatchNormReluTraining'];
type Backward = BatchNormKernels['BatchNormTrainingGrad'];

/** assembly/batchNorm.ts and assembly/batchNormGrad.ts as TF.js kernels; that of inference on threads, which TF.js's own is not. */
export function registerBatchNormKernels(heap: Heap, threads: Threads): void {
  registerKernels<BatchNormKernels>('wasm', {
    BatchNormTraining: (inputs, attrs) => forward(inputs, attrs, -Infinity),
    BatchNormTrainingGrad: (inputs, attrs) => backward(inputs, attrs, 0),
  });
  registerKernels<FusedKernels>('wasm', {
    BatchNormReluTraining: (inputs, attrs) => forward(inputs, attrs, 0),
    BatchNormReluTrainingGrad: (inputs, attrs) => backward(inputs, attrs, heap.address(inputs.y)),
  });

  replaceKernel(FusedBatchNorm, (stock) => (args) => {
    const { x, mean, variance, offset, scale } = args.inputs as unknown as Statistics;
    const { varianceEpsilon } = args.attrs as unknown as FusedBatchNormAttrs;
    const isOurs = [x, mean, variance, offset, scale].every((tensor, i) =>
      tensor ? tensor.dtype === 'float32' && (i === 0 || tensor.shape.length === 1) : false,
    );
    if (!isOurs) return stock(args);
    const { pixels, channels } = batchNormSize(x);
    const y = heap.output(x.shape);
    const at = addresses({ x, mean, offset: offset!, y });
    heap.withBlock(4 * channels, (factors) => {
      const [gammas, variances] = [heap.floats(scale!), heap.floats(variance)];
      const to = new Float32Array(heap.memory.buffer, factors, channels);
      for (let c = 0; c < channels; c++) to[c] = gammas[c]! / Math.sqrt(variances[c]! + varianceEpsilon);
      threads.run(
        ...([
          'batchNormApply',
          pixels,
          cut(pixels, channels).grain,
          at.x,
          at.mean,
          factors,
          at.offset,
        ] as const),
        ...[0, -Infinity, at.y, channels],
      );
    });
    return y;
  });

  function forward(
    { x, gamma, beta, added }: Forward['inputs'],
    { epsilon }: BatchNormAttrs,
    lower: number,
  ): Forward['outputs'] {
    const { pixels, channels } = batchNormSize(x);
    const { grain, chunks } = cut(pixels, channels);
    const [y, mean, variance] = [heap.output(x.shape), heap.output([channels]), heap.output([channels])];
    const at = addresses({ x, gamma, beta, y, mean, variance });
    const summand = added ? heap.address(added) : 0;
    heap.withBlock((16 * chunks + 4) * channels, (sums) => {
      const scale = sums + 16 * chunks * channels;
      threads.run('batchNormSums', pixels, grain, at.x, sums, channels, grain);
      threads.run(
        ...(['batchNormStatistics', channels, channels, sums, chunks, pixels, channels] as const),
        ...[at.gamma, epsilon, at.mean, at.variance, scale],
      );
      threads.run(
        ...(['batchNormApply', pixels, grain, at.x, at.mean, scale, at.beta] as const),
        ...[summand, lower, at.y, channels],
      );
    });
    return [y, mean, variance];
  }

  /** @param rectified the address of what a ReLU gave, or 0 */
  function backward(
    { dy, x, gamma, mean, variance }: Backward['inputs'],
    { epsilon }: BatchNormAttrs,
    rectified: number,
  ): Backward['outputs'] {
    const { pixels, channels } = batchNormSize(x);
    const { grain, chunks } = cut(pixels, channels);
    const [dx, dgamma, dbeta] = [heap.output(x.shape), heap.output([channels]), heap.output([channels])];
    const at = addresses({ dy, x, gamma, mean, variance, dx, dgamma, dbeta });
    heap.withBlock((16 * chunks + 12) * channels, (sums) => {
      const scale = sums + 16 * chunks * channels;
      const factors = [scale, scale + 4 * channels, scale + 8 * channels];
      threads.run(
        ...(['batchNormGradSums', pixels, grain, at.dy, rectified, at.x, at.mean] as const),
        ...[sums, channels, grain],
      );
      threads.run(
        ...(['batchNormGradFactors', channels, channels, sums, chunks, pixels, channels] as const),
        ...[at.gamma, at.variance, epsilon, at.dgamma, at.dbeta, ...factors],
      );
      threads.run(
        ...(['batchNormGradApply', pixels, grain, at.dy, rectified, at.x, at.mean] as const),
        ...[...factors, at.dx, channels],
      );
    });
    return [dx, dgamma, dbeta];
  }

  function addresses<Name extends string>(tensors: Record<Name, TensorInfo>) {
    const entries = Object.entries<TensorInfo>(tensors).map(([name, tensor]) => [name, heap.address(tensor)]);
    return Object.fromEntries(entries) as Record<Name, number>;
  }
}

function cut(pixels: number, channels: number) {
  const grain = Math.max(Math.ceil(pixels / MOST_CHUNKS), Math.ceil(LEAST_VALUES / channels));
  return { grain, chunks: Math.ceil(pixels / grain) };
}
