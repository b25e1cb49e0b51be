import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { BatchMatMul, type BatchMatMulAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { replaceStockKernel } from '../stockKernels';
import { productOverRows } from './productOverRows';

/** As many rows as TF.js's own product leaves to one workgroup without harm. */
const FEW_ROWS = 4096;

/** Products aᵀ·b of many rows: gradients of weights that every pixel is multiplied with. */
export function registerMatMulKernels(): void {
  replaceStockKernel('webgpu', BatchMatMul, (stock) => (args) => {
    const { a, b } = args.inputs as Record<'a' | 'b', TensorInfo>;
    const { transposeA, transposeB } = args.attrs as unknown as BatchMatMulAttrs;
    const [rows, left] = a.shape.slice(-2) as [number, number];
    const right = b.shape.at(-1)!;
    const isOne = [a, b].every(
      ({ shape, dtype }) => shape.length === 3 && shape[0] === 1 && dtype === 'float32',
    );
    if (!isOne || !transposeA || transposeB || rows <= FEW_ROWS) return stock(args);
    const [product] = productOverRows(
      args.backend as WebGPUBackend,
      {
        ...{ name: 'matMul', rows, left, right, inputs: { a, b } },
        a: 'value = a[row * uniforms.left + column];',
        b: 'value = b[row * uniforms.right + column];',
      },
      [[1, left, right]],
    );
    return product!;
  });
}
