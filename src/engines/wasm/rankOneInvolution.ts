import type { TensorInfo } from '@tensorflow/tfjs-core';
import { registerKernels } from '../../core/customKernels';
import { involutionGeometry } from '../../core/involution/geometry';
import type { KernelGenerationInputs } from '../../core/involution/kernels';
import type { RankOneAttrs, RankOneKernels } from '../../core/involution/rankOne';
import type { FusedKernels } from '../../core/plan/kernels';
import type { Heap } from './heap';
import type { Threads } from './threads';

/** Multiply-adds of a chunk. */
const CHUNK_WORK = 1 << 17;

/** assembly/rankOneInvolution.ts as TF.js kernels. */
export function registerRankOneKernels(heap: Heap, threads: Threads): void {
  registerKernels<RankOneKernels>('wasm', {
    RankOneInvolution: (inputs, attrs) => forward(inputs, attrs, -Infinity),
    RankOneInvolutionGrad: (inputs, attrs) => backward(inputs, attrs, 0),
    RankOneInvolutionInputGrad: (inputs, attrs) => inputGradient(inputs, attrs, 0),
  });
  registerKernels<FusedKernels>('wasm', {
    RankOneReluInvolution: (inputs, attrs) => forward(inputs, attrs, 0),
    RankOneReluInvolutionGrad: (inputs, attrs) => backward(inputs, attrs, heap.address(inputs.y)),
    RankOneReluInvolutionInputGrad: (inputs, attrs) => inputGradient(inputs, attrs, heap.address(inputs.y)),
  });

  function forward(
    inputs: KernelGenerationInputs,
    attrs: RankOneAttrs,
    lower: number,
  ): RankOneKernels['RankOneInvolution']['outputs'] {
    const geometry = describe(inputs.x, attrs);
    const { rows, grain, chunks } = geometry;
    const at = addresses(inputs);
    const y = heap.output(inputs.x.shape);
    const mean = attrs.training ? heap.output([1]) : heap.again(inputs.mean);
    const variance = attrs.training ? heap.output([1]) : heap.again(inputs.variance);
    threads.reserveScratch(geometry.scratchBytes);
    if (attrs.training) {
      const { width, channels, pixels } = geometry;
      heap.withBlock(16 * chunks, (sums) => {
        const statistics = [heap.address(mean), heap.address(variance)] as const;
        threads.run('rankOneSums', rows, grain, at.x, sums, grain, width, channels, at.w0);
        threads.run('generationStatistics', 1, 1, sums, chunks, pixels, 1, ...statistics);
        heap.floats(mean)[0]! += scalarOf(inputs.b0);
      });
    }
    const { scalars } = generator({ ...inputs, mean, variance }, attrs);
    threads.run(
      ...(['rankOneInvolution', rows, grain, at.x, heap.address(y)] as const),
      ...[...geometry.sizes, at.w0, ...scalars, at.w1, at.b1, lower],
    );
    const moving = [inputs.mean, inputs.variance].map((old, i) =>
      attrs.training ? moved(old, i === 0 ? mean : variance, attrs.momentum) : heap.again(old),
    );
    return [y, mean, variance, moving[0]!, moving[1]!];
  }

  /** @param rectified the address of what a ReLU gave, or 0 */
  function backward(
    { dy, ...inputs }: RankOneKernels['RankOneInvolutionGrad']['inputs'],
    attrs: RankOneAttrs,
    rectified: number,
  ): RankOneKernels['RankOneInvolutionGrad']['outputs'] {
    const geometry = describe(inputs.x, attrs);
    const { rows, grain, chunks, taps, channels } = geometry;
    const at = addresses(inputs);
    const { scalars, gradientScale } = generator(inputs, attrs);
    const da = heap.output([...inputs.x.shape.slice(0, -1), 1]);
    const [dw0, db0, dgamma, dbeta, dw1, db1] = [
      heap.output(inputs.w0.shape),
      heap.output([1]),
      heap.output([1]),
      heap.output([1]),
      heap.output(inputs.w1.shape),
      heap.output(inputs.b1.shape),
    ];
    const width = 2 * taps + 2 + 3 * channels;
    threads.reserveScratch(geometry.scratchBytes);
    heap.withBlock(4 * chunks * width, (sums) => {
      threads.run(
        ...(['rankOneInvolutionGrad', rows, grain] as const),
        ...[heap.address(dy), rectified, at.x, heap.address(da), sums, grain],
        ...[...geometry.sizes, at.w0, ...scalars, at.w1],
      );
      const partial = new Float32Array(heap.memory.buffer, sums, chunks * width);
      const total = addUp(partial, width);
      heap.floats(db1).set(total.subarray(0, taps));
      heap.floats(dw1).set(total.subarray(taps, 2 * taps));
      const [betaSum, gammaSum] = total.subarray(2 * taps) as unknown as [number, number];
      heap.floats(dbeta)[0] = betaSum;
      heap.floats(dgamma)[0] = gammaSum;
      // Σ dz·x and Σ dz, by what dz is made of.
      const [changes, plain, normal] = [0, 1, 2].map((n) => total.subarray(2 * taps + 2 + n * channels));
      const share = attrs.training ? 1 / geometry.pixels : 0;
      const to = heap.floats(dw0);
      for (let c = 0; c < channels; c++)
        to[c] = (changes![c]! - (betaSum * plain![c]! + gammaSum * normal![c]!) * share) * gradientScale;
      // In training the batch's mean takes the bias out again.
      heap.floats(db0)[0] = attrs.training ? 0 : betaSum * gradientScale;
    });
    return [da, dw0, db0, dgamma, dbeta, dw1, db1];
  }

  function inputGradient(
    { dy, da, dgamma, dbeta, ...inputs }: RankOneKernels['RankOneInvolutionInputGrad']['inputs'],
    attrs: RankOneAttrs,
    rectified: number,
  ): TensorInfo {
    const geometry = describe(inputs.x, attrs);
    const at = addresses(inputs);
    const { scalars, gradientScale } = generator(inputs, attrs);
    const dx = heap.output(inputs.x.shape);
    const share = attrs.training ? gradientScale / geometry.pixels : 0;
    threads.reserveScratch(geometry.scratchBytes);
    threads.run(
      ...(['rankOneInvolutionInputGrad', geometry.rows, geometry.grain] as const),
      ...[heap.address(dy), rectified, heap.address(da), at.x, heap.address(dx)],
      ...[...geometry.sizes, at.w0, ...scalars, at.w1, at.b1],
      ...[gradientScale, scalarOf(dbeta) * share, scalarOf(dgamma) * share],
    );
    return dx;
  }

  const scalarOf = (tensor: TensorInfo) => heap.floats(tensor)[0]!;

  /** A moving statistic after a step towards the batch's, rounded as Keras rounds. */
  function moved(old: TensorInfo, batch: TensorInfo, momentum: number): TensorInfo {
    const tensor = heap.output([1]);
    const { fround } = Math;
    heap.floats(tensor)[0] =
      fround(scalarOf(old) * fround(momentum)) + fround(scalarOf(batch) * fround(1 - momentum));
    return tensor;
  }

  function addresses({ x, w0, w1, b1 }: KernelGenerationInputs) {
    return { x: heap.address(x), w0: heap.address(w0), w1: heap.address(w1), b1: heap.address(b1) };
  }

  /** n = (x·w0 + centre) · deviation, a = max(γn + β, 0); `scalars` in the order of the kernels' parameters. */
  function generator({ b0, gamma, beta, mean, variance }: KernelGenerationInputs, { epsilon }: RankOneAttrs) {
    const centre = scalarOf(b0) - scalarOf(mean);
    const deviation = 1 / Math.sqrt(scalarOf(variance) + epsilon);
    const scalars = [centre, deviation, scalarOf(gamma), scalarOf(beta)];
    return { scalars, gradientScale: scalarOf(gamma) * deviation };
  }
}

/** The sums of chunks, `width` each, added in their order in double precision. */
function addUp(chunks: Float32Array, width: number): Float64Array {
  const total = new Float64Array(width);
  for (let from = 0; from < chunks.length; from += width)
    for (let i = 0; i < width; i++) total[i]! += chunks[from + i]!;
  return total;
}

function describe(x: TensorInfo, { kernelSize }: RankOneAttrs) {
  const attributes = {
    kernelSize,
    strides: 1,
    groups: 1,
    groupLayout: 'interleaved',
    padding: 'same',
  } as const;
  const { batch, height, width, channels, padTop, padLeft } = involutionGeometry(x.shape, attributes);
  const rows = batch * height;
  const taps = kernelSize ** 2;
  const grain = Math.max(1, Math.floor(CHUNK_WORK / (width * channels * taps * 2)));
  // The rows of assembly/planarRows.ts that the hungriest of the kernels keeps, and its table and sums.
  const planes = (kernelSize + 3) * (channels + 2) + 3;
  const scratchBytes =
    planes * 4 * (width + kernelSize + 12) + 16 * (2 * taps + 3 * channels + kernelSize + 8);
  return {
    pixels: rows * width,
    rows,
    grain,
    chunks: Math.ceil(rows / grain),
    width,
    channels,
    taps,
    scratchBytes,
    sizes: [height, width, channels, kernelSize, padTop, padLeft],
  };
}
