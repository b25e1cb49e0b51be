import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { Mean, type MeanAttrs, Sum, type SumAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { replaceStockKernel } from '../stockKernels';
import { type SumView, sumViewOf } from '../sumView';
import { runGather } from './program';
import { sumRows } from './sums';

/** What a thread adds up, at most, where each sum is one thread's. */
const TERMS = 1 << 10;

/**
 * Sums and means over neighbouring axes that the last one is not of, such as a bias's gradient and the global average of
 * an image. TF.js's own transposes the tensor for them, and has one workgroup add up each sum.
 */
export function registerSumKernels(): void {
  replaceStockKernel('webgpu', Sum, (stock) => (args) => {
    const x = args.inputs.x as TensorInfo;
    const view = sumViewOf(x, args.attrs as unknown as SumAttrs);
    return view && isOurs(view) ? sum(args.backend as WebGPUBackend, x, view, 1) : stock(args);
  });

  replaceStockKernel('webgpu', Mean, (stock) => (args) => {
    const x = args.inputs.x as TensorInfo;
    const view = sumViewOf(x, args.attrs as unknown as MeanAttrs);
    return view && isOurs(view) ? sum(args.backend as WebGPUBackend, x, view, 1 / view.rows) : stock(args);
  });
}

const isOurs = ({ groups, rows }: SumView) => groups === 1 || rows <= TERMS;

function sum(
  backend: WebGPUBackend,
  x: TensorInfo,
  { groups, rows, columns, shape }: SumView,
  scale: number,
): TensorInfo {
  if (groups === 1) {
    const term = `value += x[row * ${columns} + column];`;
    const [total] = sumRows(
      backend,
      { name: `sum ${columns}`, rows, columns, inputs: { x }, term },
      [shape],
      scale,
    );
    return total!;
  }
  return runGather(backend, {
    name: 'groupedSums',
    outputShape: shape,
    inputs: { x },
    integers: { rows, columns },
    floats: { scale },
    body: `
      let first = index / uniforms.columns * uniforms.rows * uniforms.columns + index % uniforms.columns;
      for (var row = 0; row < uniforms.rows; row++) { value += x[first + row * uniforms.columns]; }
      value *= uniforms.scale;`,
  });
}
