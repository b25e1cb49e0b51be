import {
  _FusedMatMul,
  type _FusedMatMulAttrs,
  BatchMatMul,
  type BatchMatMulAttrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { Convolutions, clampOf, type Matrix } from './convolution';
import { pointwise } from './convolutionGeometry';
import type { Heap } from './heap';
import { replaceKernel } from './stockKernels';
import type { Threads } from './threads';

/**
 * The products of dense layers, forward and backward: a product of two matrices is a convolution whose window is one
 * pixel, and a product with a transposed left side is that convolution's filter gradient. Products of batches of
 * matrices stay with TF.js's own kernels.
 */
export function registerMatMulKernels(heap: Heap, threads: Threads): void {
  const convolutions = new Convolutions(heap, threads);

  replaceKernel(BatchMatMul, (stock) => (args) => {
    const { a, b } = args.inputs as { a: TensorInfo; b: TensorInfo };
    const { transposeA, transposeB } = args.attrs as unknown as BatchMatMulAttrs;
    if (!isMatrix(a) || !isMatrix(b) || (transposeA && transposeB)) return stock(args);
    return transposeA ? multiplyTransposed(a, b) : multiply(a, b, transposeB, undefined, 'linear');
  });

  replaceKernel(_FusedMatMul, (stock) => (args) => {
    const { a, b, bias } = args.inputs as { a: TensorInfo; b: TensorInfo; bias?: TensorInfo };
    const { transposeA, transposeB, activation } = args.attrs as unknown as _FusedMatMulAttrs;
    const isOurs =
      isMatrix(a) && isMatrix(b) && !transposeA && clampOf(activation) && (!bias || bias.shape.length === 1);
    return isOurs ? multiply(a, b, transposeB, bias, activation) : stock(args);
  });

  /** a · b, or a · bᵀ, + bias. */
  function multiply(
    a: TensorInfo,
    b: TensorInfo,
    transposeB: boolean,
    bias: TensorInfo | undefined,
    activation: string,
  ) {
    const [rows, inner] = sizeOf(a);
    const [first, second] = sizeOf(b);
    const columns = transposeB ? first : second;
    const once = { count: 1, step: 0 };
    const matrix: Matrix = {
      address: heap.address(b),
      rows: [once, once, { count: inner, step: transposeB ? 1 : columns }],
      columnStep: transposeB ? inner : 1,
    };
    const product = heap.output([...outerOf(a, b), rows, columns]);
    convolutions.convolve(
      heap.address(a),
      matrix,
      bias ? heap.address(bias) : 0,
      heap.address(product),
      pointwise(rows, inner, columns),
      clampOf(activation),
    );
    return product;
  }

  /** aᵀ · b. */
  function multiplyTransposed(a: TensorInfo, b: TensorInfo) {
    const [inner, rows] = sizeOf(a);
    const [, columns] = sizeOf(b);
    const product = heap.output([...outerOf(a, b), rows, columns]);
    const geometry = pointwise(inner, rows, columns);
    convolutions.filterGradient(heap.address(a), heap.address(b), heap.address(product), geometry);
    return product;
  }
}

/** Whether all of a tensor is one matrix of floats, however many axes of length 1 it has before. */
const isMatrix = ({ shape, dtype }: TensorInfo) =>
  dtype === 'float32' && util.sizeFromShape(shape.slice(0, -2)) === 1;

const sizeOf = ({ shape }: TensorInfo) => shape.slice(-2) as [number, number];

/** The axes of length 1 of whichever has more. */
const outerOf = (a: TensorInfo, b: TensorInfo) =>
  (a.shape.length > b.shape.length ? a : b).shape.slice(0, -2);
