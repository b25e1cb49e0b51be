import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { involutionGeometry } from '../../core/involution/geometry';
import type { KernelGenerationInputs } from '../../core/involution/kernels';
import type { RankOneAttrs, RankOneKernels } from '../../core/involution/rankOne';
import type { Heap } from './heap';
import { addKernel } from './stockKernels';
import type { Threads } from './threads';

/** Multiply-adds of a chunk of rows, and pixels of a chunk where they are taken one by one. */
const CHUNK_WORK = 1 << 19;
const CHUNK_PIXELS = 1 << 13;

/** assembly/rankOneInvolution.ts as TF.js kernels. */
export function registerRankOneKernels(heap: Heap, threads: Threads): void {
  const kernels: RankOneKernels = {
    RankOneInvolution(inputs, attrs) {
      const geometry = describe(inputs.x, attrs);
      const { pixels, rows, rowGrain, channels } = geometry;
      const y = heap.output(inputs.x.shape);
      const mean = attrs.training ? heap.output([1]) : heap.again(inputs.mean);
      const variance = attrs.training ? heap.output([1]) : heap.again(inputs.variance);
      const at = addresses(inputs);
      if (attrs.training) {
        const chunks = Math.ceil(pixels / CHUNK_PIXELS);
        heap.withBlock(16 * chunks, (sums) => {
          threads.run('rankOneSums', pixels, CHUNK_PIXELS, at.x, at.w0, sums, channels, CHUNK_PIXELS);
          const partial = new Float64Array(heap.memory.buffer, sums, 2 * chunks);
          const [average, square] = [0, 1].map((lane) => sumOf(partial, 2, lane) / pixels) as [
            number,
            number,
          ];
          heap.floats(mean)[0] = average + scalarOf(inputs.b0);
          heap.floats(variance)[0] = Math.max(square - average ** 2, 0);
        });
      }
      const generator = normalisation({ ...inputs, mean, variance }, attrs);
      threads.reserveScratch(geometry.scratchBytes);
      threads.run(
        ...(['rankOneInvolution', rows, rowGrain, at.x, heap.address(y)] as const),
        ...[...geometry.sizes, at.w0, ...generator.scalars, at.w1, at.b1],
      );
      return [y, mean, variance];
    },

    RankOneInvolutionGrad({ dy, ...inputs }, attrs) {
      const geometry = describe(inputs.x, attrs);
      const { pixels, rows, rowGrain, channels, taps } = geometry;
      const at = addresses(inputs);
      const dz = heap.output([...inputs.x.shape.slice(0, -1), 1]);
      const { w0, b0, gamma, beta, w1, b1 } = inputs;
      const gradients = [w0, b0, gamma, beta, w1, b1].map(({ shape }) => heap.output(shape));
      const [dw0, db0, dgamma, dbeta, dw1, db1] = gradients as [
        TensorInfo,
        TensorInfo,
        TensorInfo,
        TensorInfo,
        TensorInfo,
        TensorInfo,
      ];
      const generator = normalisation(inputs, attrs);
      threads.reserveScratch(geometry.scratchBytes);
      const rowChunks = Math.ceil(rows / rowGrain);
      const pixelChunks = Math.ceil(pixels / CHUNK_PIXELS);
      const rowSums = 2 * taps + 2;
      const pixelSums = channels + 1;
      heap.withBlock(4 * Math.max(rowChunks * rowSums, pixelChunks * pixelSums), (sums) => {
        const total = (chunks: number, width: number, offset: number, tensor: TensorInfo) => {
          const partial = new Float32Array(heap.memory.buffer, sums, chunks * width);
          const values = heap.floats(tensor);
          for (let i = 0; i < values.length; i++) values[i] = sumOf(partial, width, offset + i);
        };
        threads.run(
          ...(['rankOneInvolutionGrad', rows, rowGrain] as const),
          ...[heap.address(dy), at.x, heap.address(dz), sums, rowGrain],
          ...[...geometry.sizes, at.w0, ...generator.scalars, at.w1],
        );
        total(rowChunks, rowSums, 0, db1);
        total(rowChunks, rowSums, taps, dw1);
        total(rowChunks, rowSums, 2 * taps, dbeta);
        total(rowChunks, rowSums, 2 * taps + 1, dgamma);

        const { centre, deviation } = generator;
        threads.run(
          ...(['rankOneReducedGrad', pixels, CHUNK_PIXELS] as const),
          ...[at.x, heap.address(dz), sums, CHUNK_PIXELS, channels, at.w0, centre, deviation],
          ...[scalarOf(gamma), scalarOf(dbeta), scalarOf(dgamma), attrs.training ? 1 / pixels : 0],
        );
        total(pixelChunks, pixelSums, 0, dw0);
        total(pixelChunks, pixelSums, channels, db0);
        // The batch's mean takes the bias out again; rounding errors would make Adam move it all the same.
        if (attrs.training) heap.floats(db0)[0] = 0;
      });
      return [dz, dw0, db0, dgamma, dbeta, dw1, db1];
    },

    RankOneInvolutionInputGrad({ dy, dz, ...inputs }, attrs) {
      const geometry = describe(inputs.x, attrs);
      const at = addresses(inputs);
      const dx = heap.output(inputs.x.shape);
      threads.reserveScratch(geometry.scratchBytes);
      threads.run(
        ...(['rankOneInvolutionInputGrad', geometry.rows, geometry.rowGrain] as const),
        ...[heap.address(dy), heap.address(dz), at.x, heap.address(dx)],
        ...[...geometry.sizes, at.w0, ...normalisation(inputs, attrs).scalars, at.w1, at.b1],
      );
      return dx;
    },
  };
  for (const [name, kernel] of Object.entries(kernels)) {
    const kernelFunc: KernelFunc = ({ inputs, attrs }) => kernel(inputs as never, attrs as never);
    addKernel(name, kernelFunc);
  }

  const scalarOf = (tensor: TensorInfo) => heap.floats(tensor)[0]!;

  function addresses({ x, w0, w1, b1 }: KernelGenerationInputs) {
    return { x: heap.address(x), w0: heap.address(w0), w1: heap.address(w1), b1: heap.address(b1) };
  }

  /** n = (x·w0 + centre) · deviation, a = max(γn + β, 0). */
  function normalisation(
    { b0, gamma, beta, mean, variance }: KernelGenerationInputs,
    { epsilon }: RankOneAttrs,
  ) {
    const centre = scalarOf(b0) - scalarOf(mean);
    const deviation = 1 / Math.sqrt(scalarOf(variance) + epsilon);
    return { centre, deviation, scalars: [centre, deviation, scalarOf(gamma), scalarOf(beta)] };
  }
}

/** Every `width`-th value from `offset` on, added in their order in double precision. */
function sumOf(values: Float32Array | Float64Array, width: number, offset: number): number {
  let sum = 0;
  for (let i = offset; i < values.length; i += width) sum += values[i]!;
  return sum;
}

function describe(x: TensorInfo, { kernelSize }: RankOneAttrs) {
  const attributes = { kernelSize, strides: 1, groups: 1, groupLayout: 'interleaved' } as const;
  const { batch, height, width, channels, padTop, padLeft } = involutionGeometry(x.shape, attributes);
  const rows = batch * height;
  const taps = kernelSize ** 2;
  // Rows of scratch, and what else the kernels keep there.
  const scratchBytes =
    (2 * kernelSize + 2) * (4 * channels * (width + kernelSize + 4) + 48) + 32 * (taps + 2);
  return {
    pixels: rows * width,
    rows,
    rowGrain: Math.max(1, Math.floor(CHUNK_WORK / (width * channels * taps * 2))),
    channels,
    taps,
    scratchBytes,
    sizes: [height, width, channels, kernelSize, padTop, padLeft],
  };
}
