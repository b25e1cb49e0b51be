import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type InvolutionGeometry, involutionGeometry } from '../../core/involution/geometry';
import type { InvolutionKernelSet } from '../../core/involution/kernels';
import type { Heap } from './heap';
import type { Threads } from './threads';

/** Multiply-adds of a chunk: some tens of microseconds. */
const CHUNK_WORK = 1 << 18;

/** Windows of eight taps across at most are summed out of planes, if the rows that they see stay in the second-level cache. */
const MOST_PLANAR_TAPS = 8;
const MOST_PLANES_BYTES = 1 << 19;
const PLANAR_CHUNKS = 32;

/** assembly/involution.ts, assembly/involutionKernelGrad.ts and assembly/planarKernelGrad.ts as TF.js kernels. */
export function involutionKernels(
  heap: Heap,
  threads: Threads,
): Pick<InvolutionKernelSet, 'Involution' | 'InvolutionInputGrad' | 'InvolutionKernelGrad'> {
  /** An item is a row of `rowLength` pixels of the result; a chunk has `least` of them at least. */
  const run = (
    kernel: string,
    rows: number,
    rowLength: number,
    tensors: TensorInfo[],
    geometry: InvolutionGeometry,
    least = 1,
  ) => {
    const { channels, kernelSize, groupLayout } = geometry;
    const rowWork = rowLength * channels * kernelSize ** 2;
    threads.run(
      kernel,
      rows,
      Math.max(least, Math.floor(CHUNK_WORK / rowWork)),
      ...tensors.map((tensor) => heap.address(tensor)),
      geometry.height,
      geometry.width,
      channels,
      geometry.outHeight,
      geometry.outWidth,
      kernelSize,
      geometry.strides,
      geometry.padTop,
      geometry.padLeft,
      geometry.groups,
      groupLayout === 'contiguous' ? 1 : 0,
    );
  };

  return {
    Involution({ x, kernel }, attrs) {
      const geometry = involutionGeometry(x.shape, attrs);
      const { batch, outHeight, outWidth, channels } = geometry;
      const y = heap.output([batch, outHeight, outWidth, channels]);
      run('involution', batch * outHeight, outWidth, [x, kernel, y], geometry);
      return y;
    },

    InvolutionInputGrad({ dy, kernel }, attrs) {
      const geometry = involutionGeometry(attrs.inputShape, attrs);
      const { batch, height, width } = geometry;
      const dx = heap.output(attrs.inputShape);
      run('involutionInputGrad', batch * height, width, [dy, kernel, dx], geometry);
      return dx;
    },

    InvolutionKernelGrad({ dy, x }, attrs) {
      const geometry = involutionGeometry(x.shape, attrs);
      const { batch, outHeight, outWidth, kernelSize, groups } = geometry;
      const dkernel = heap.output([batch, outHeight, outWidth, kernelSize ** 2, 1, groups]);
      const bytes = planesBytes(geometry);
      const isPlanar =
        sharesWeights(geometry) && kernelSize <= MOST_PLANAR_TAPS && bytes <= MOST_PLANES_BYTES;
      threads.reserveScratch(isPlanar ? bytes : 0);
      const kernel = isPlanar ? 'planarKernelGrad' : 'involutionKernelGrad';
      const rows = batch * outHeight;
      // A chunk brings all rows that its first window sees: worth it for an image, if there are images enough.
      const least = isPlanar ? Math.min(outHeight, Math.ceil(rows / PLANAR_CHUNKS)) : 1;
      run(kernel, rows, outWidth, [dy, x, dkernel], geometry, least);
      return dkernel;
    },
  };
}

/** Whether more than four neighbouring channels have the same kernel, in fours. */
const sharesWeights = ({ channels, groups, groupLayout }: InvolutionGeometry) =>
  channels > 4 && (groups === 1 || (groupLayout === 'contiguous' && (channels / groups) % 4 === 0));

/** What assembly/planarKernelGrad.ts takes of the scratch: sums, a table, and K rows and one of zeros as planes. */
function planesBytes({ width, channels, kernelSize }: InvolutionGeometry): number {
  const plane = 4 * ((width + kernelSize + 12) & ~3);
  return 256 + 16 * Math.ceil(kernelSize / 4) + plane * channels * (kernelSize + 1);
}
