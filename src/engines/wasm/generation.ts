import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { InvolutionKernelSet, KernelGenerationInputs } from '../../core/involution/kernels';
import type { Heap } from './heap';
import type { Threads } from './threads';

// As in assembly/panels.ts.
const LANES = 8;
const PANEL_ROW_BYTES = 4 * LANES;

/** Sums are kept for at most so many chunks, whatever the number of threads; a chunk has some pixels at least. */
const MOST_CHUNKS = 16;
const LEAST_PIXELS = 1024;
/** Or multiply-adds. */
const LEAST_WORK = 1 << 23;
/** Sums of chunks are added up for so many values at a time. */
const TOTALS = 1 << 13;

/** A matrix in the heap; steps in values. */
interface Matrix {
  address: number;
  rows: number;
  rowStep: number;
  columns: number;
  columnStep: number;
}

/** assembly/generation.ts and assembly/generationGrad.ts as TF.js kernels. */
export function generationKernels(
  heap: Heap,
  threads: Threads,
): Pick<InvolutionKernelSet, 'KernelGeneration' | 'KernelGenerationGrad'> {
  return {
    KernelGeneration(inputs, { training, epsilon }) {
      const { pixels, channels, hidden, outputs, grain, chunks } = sizes(inputs);
      const at = addresses(inputs);
      const h = heap.output([...inputs.x.shape.slice(0, -1), outputs]);
      const mean = training ? heap.output([hidden]) : heap.again(inputs.mean);
      const variance = training ? heap.output([hidden]) : heap.again(inputs.variance);
      const w0 = matrix(inputs.w0);
      const w1 = matrix(inputs.w1);
      const blocks = [panelBytes(w0), panelBytes(w1), 4 * pixels * hidden, 16 * chunks * hidden];
      withBlocks(blocks, ([w0Panels, w1Panels, z, sums]) => {
        pack(w0, at.b0, w0Panels!);
        pack(w1, at.b1, w1Panels!);
        threads.run('generationReduce', pixels, grain, at.x, w0Panels!, z!, sums!, channels, hidden, grain);
        const statistics = [heap.address(mean), heap.address(variance)] as const;
        if (training) threads.run('generationStatistics', 1, 1, sums!, chunks, pixels, hidden, ...statistics);
        const normalisation = [at.gamma, at.beta, ...statistics, epsilon];
        const to = heap.address(h);
        threads.run('generationSpan', pixels, grain, z!, ...normalisation, w1Panels!, to, hidden, outputs);
      });
      return [h, mean, variance];
    },

    KernelGenerationGrad({ dh, ...inputs }, { training, epsilon }) {
      const { pixels, channels, hidden, outputs, grain, chunks } = sizes(inputs);
      const at = addresses(inputs);
      const dx = heap.output(inputs.x.shape);
      const { w0, b0, gamma, beta, w1, b1 } = inputs;
      const gradients = [w0, b0, gamma, beta, w1, b1].map(({ shape }) => heap.output(shape));
      const [dw0, db0, dgamma, dbeta, dw1, db1] = gradients.map((tensor) => heap.address(tensor));
      const w0Matrix = matrix(w0);
      const w0Transposed = transposed(w0Matrix);
      const w1Transposed = transposed(matrix(w1));
      const outputSums = (hidden + 1) * outputs + 2 * hidden;
      const inputSums = (channels + 1) * hidden;
      const blocks = [
        panelBytes(w0Matrix),
        panelBytes(w0Transposed),
        panelBytes(w1Transposed),
        4 * pixels * hidden,
        4 * pixels * hidden,
        4 * chunks * Math.max(outputSums, inputSums),
      ];
      withBlocks(blocks, ([w0Panels, w0TransposedPanels, w1Panels, da, normal, sums]) => {
        const addChunks = (width: number, offset: number, count: number, total: number) =>
          threads.run('addChunks', count, TOTALS, sums!, chunks, width, offset, total);
        pack(w0Matrix, at.b0, w0Panels!);
        pack(w0Transposed, 0, w0TransposedPanels!);
        pack(w1Transposed, 0, w1Panels!);

        threads.run(
          ...(['generationGradOutput', pixels, grain, heap.address(dh), at.x, w0Panels!] as const),
          ...[at.gamma, at.beta, at.mean, at.variance, epsilon, w1Panels!, da!, normal!, sums!],
          ...[channels, hidden, outputs, grain],
        );
        addChunks(outputSums, 0, hidden * outputs, dw1!);
        addChunks(outputSums, hidden * outputs, outputs, db1!);
        addChunks(outputSums, (hidden + 1) * outputs, hidden, dbeta!);
        addChunks(outputSums, (hidden + 1) * outputs + hidden, hidden, dgamma!);

        threads.run(
          ...(['generationGradInput', pixels, grain, at.x, da!, normal!, w0TransposedPanels!] as const),
          ...[at.gamma, at.variance, epsilon, dbeta!, dgamma!, training ? 1 / pixels : 0],
          ...[heap.address(dx), sums!, channels, hidden, grain],
        );
        addChunks(inputSums, 0, channels * hidden, dw0!);
        addChunks(inputSums, channels * hidden, hidden, db0!);
        // The batch's mean takes the bias out again; rounding errors would make Adam move it all the same.
        if (training) heap.floats(gradients[1]!).fill(0);
      });
      return [dx, ...gradients] as ReturnType<InvolutionKernelSet['KernelGenerationGrad']>;
    },
  };

  function addresses({ x, b0, gamma, beta, b1, mean, variance }: KernelGenerationInputs) {
    return {
      x: heap.address(x),
      b0: heap.address(b0),
      gamma: heap.address(gamma),
      beta: heap.address(beta),
      b1: heap.address(b1),
      mean: heap.address(mean),
      variance: heap.address(variance),
    };
  }

  function matrix(tensor: TensorInfo): Matrix {
    const [rows, columns] = tensor.shape as [number, number];
    return { address: heap.address(tensor), rows, rowStep: columns, columns, columnStep: 1 };
  }

  function pack({ address, rows, rowStep, columns, columnStep }: Matrix, bias: number, panels: number) {
    const count = Math.ceil(columns / LANES);
    const nothing = [1, 0];
    const axes = [...nothing, ...nothing, rows, rowStep];
    threads.run('packPanels', count, count, address, bias, panels, columns, columnStep, ...axes);
  }

  function withBlocks(bytes: number[], use: (addresses: number[]) => void) {
    const addresses = bytes.map((size) => heap.allocate(size));
    try {
      use(addresses);
    } finally {
      for (const address of addresses) heap.free(address);
    }
  }
}

function sizes({ x, w0, w1 }: KernelGenerationInputs) {
  const [channels, hidden] = w0.shape as [number, number];
  const pixels = x.shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const outputs = w1.shape[1]!;
  const least = Math.min(LEAST_PIXELS, Math.ceil(LEAST_WORK / (hidden * (channels + outputs))));
  const grain = Math.max(least, Math.ceil(pixels / MOST_CHUNKS));
  return { pixels, channels, hidden, outputs, grain, chunks: Math.ceil(pixels / grain) };
}

const transposed = ({ address, rows, rowStep, columns, columnStep }: Matrix): Matrix => ({
  address,
  rows: columns,
  rowStep: columnStep,
  columns: rows,
  columnStep: rowStep,
});

const panelBytes = ({ rows, columns }: Matrix) => Math.ceil(columns / LANES) * (1 + rows) * PANEL_ROW_BYTES;
