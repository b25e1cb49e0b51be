import { FusedBatchNorm, type FusedBatchNormAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import {
  type BatchNormAttrs,
  type BatchNormKernels,
  batchNormSize,
} from '../../core/batchNormalization/kernels';
import type { MovingAverageKernels } from '../../core/batchNormalization/movingAverage';
import { registerKernels } from '../../core/customKernels';
import type { FusedKernels } from '../../core/plan/kernels';
import type { Heap } from './heap';
import { replaceKernel } from './stockKernels';
import type { Threads } from './threads';

/** Sums are kept for at most so many chunks, whatever the number of threads; a chunk has some values at least. */
const MOST_CHUNKS = 64;
const LEAST_VALUES = 1 << 15;

type Statistics = FusedKernels['BatchNormRelu']['inputs'];

/** What TF.js normalises with outside of training; offset and scale may be missing. */
const statisticsOf = ({ mean, variance, offset, scale }: Omit<Statistics, 'x'>) => [
  mean,
  variance,
  offset,
  scale,
];

type Forward = FusedKernels['BatchNormReluTraining'];
type Backward = BatchNormKernels['BatchNormTrainingGrad'];

/** assembly/batchNorm.ts and assembly/batchNormGrad.ts as TF.js kernels; that of inference on threads, which TF.js's own is not. */
export function registerBatchNormKernels(heap: Heap, threads: Threads): void {
  registerKernels<BatchNormKernels>('wasm', {
    BatchNormTraining: (inputs, attrs) => forward(inputs, attrs, -Infinity),
    BatchNormTrainingGrad: (inputs, attrs) => backward(inputs, attrs, 0),
  });
  registerKernels<MovingAverageKernels>('wasm', {
    MovingAverage({ moving, batch }, { momentum }) {
      const to = heap.output(moving.shape);
      const [from, towards, at] = [moving, batch, to].map((tensor) => heap.address(tensor));
      const { channels } = batchNormSize(moving);
      threads.run('movingAverage', channels, channels, from!, towards!, momentum, 1 - momentum, at!);
      return to;
    },
  });
  registerKernels<FusedKernels>('wasm', {
    BatchNormReluTraining: (inputs, attrs) => forward(inputs, attrs, 0),
    BatchNormReluTrainingGrad: (inputs, attrs) => backward(inputs, attrs, heap.address(inputs.y)),
    BatchNormRelu: (inputs, attrs) => infer(inputs, attrs, 0),
  });

  replaceKernel(FusedBatchNorm, (stock) => (args) => {
    const inputs = args.inputs as unknown as Statistics;
    const isOurs = [inputs.x, ...statisticsOf(inputs)].every(
      (tensor, i) => !tensor || (tensor.dtype === 'float32' && (i === 0 || tensor.shape.length === 1)),
    );
    return isOurs ? infer(inputs, args.attrs as unknown as FusedBatchNormAttrs, -Infinity) : stock(args);
  });

  function infer(
    { x, added, ...statistics }: Statistics,
    { varianceEpsilon }: FusedBatchNormAttrs,
    lower: number,
  ): TensorInfo {
    const { pixels, channels } = batchNormSize(x);
    const y = heap.output(x.shape);
    const at = addresses({ x, mean: statistics.mean, y });
    heap.withBlock(8 * channels, (factors) => {
      const [, variances, offsets, gammas] = statisticsOf(statistics).map(
        (each) => each && heap.floats(each),
      );
      const to = new Float32Array(heap.memory.buffer, factors, 2 * channels);
      for (let c = 0; c < channels; c++) {
        to[c] = (gammas?.[c] ?? 1) / Math.sqrt(variances![c]! + varianceEpsilon);
        to[channels + c] = offsets?.[c] ?? 0;
      }
      threads.run(
        ...(['batchNormApply', pixels, cut(pixels, channels).grain, at.x, at.mean, factors] as const),
        ...[factors + 4 * channels, added ? heap.address(added) : 0, lower, at.y, channels],
      );
    });
    return y;
  }

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
