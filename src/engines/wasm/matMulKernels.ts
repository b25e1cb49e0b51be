import {
  _FusedMatMul,
  type _FusedMatMulAttrs,
  BatchMatMul,
  type BatchMatMulAttrs,
  getKernel,
  type TensorInfo,
  Transpose,
  util,
} from '@tensorflow/tfjs-core';
import { Convolutions } from './convolution';
import { pointwise } from './convolutionGeometry';
import type { Heap } from './heap';
import { clampOf, type Matrix } from './operands';
import { replaceKernel } from './stockKernels';
import type { Threads } from './threads';

/**
 * The products of dense layers, forward and backward: a product of two matrices is a convolution whose window is one
 * pixel, and a product with a transposed left side is that convolution's filter gradient. Products of batches of
 * matrices stay with TF.js's own kernels.
 *
 * TF.js's keep a packed copy of the right side for as long as its tensor lives, and don't see that `AdamStep` changes
 * weights in place: with these kernels no product or convolution of the two networks goes through theirs.
 */
export function registerMatMulKernels(heap: Heap, threads: Threads): void {
  const convolutions = new Convolutions(heap, threads);
  const { kernelFunc: transpose } = getKernel(Transpose, 'wasm')!;

  replaceKernel(BatchMatMul, (stock) => (args) => {
    const { a, b } = args.inputs as { a: TensorInfo; b: TensorInfo };
    const { transposeA, transposeB } = args.attrs as unknown as BatchMatMulAttrs;
    if (!isMatrix(a) || !isMatrix(b)) return stock(args);
    if (transposeA && !transposeB) return multiplyTransposed(a, b);
    return multiply(a, transposeA, b, transposeB);
  });

  replaceKernel(_FusedMatMul, (stock) => (args) => {
    const { a, b, bias } = args.inputs as { a: TensorInfo; b: TensorInfo; bias?: TensorInfo };
    const { transposeA, transposeB, activation } = args.attrs as unknown as _FusedMatMulAttrs;
    const isOurs = isMatrix(a) && isMatrix(b) && clampOf(activation) && (!bias || bias.shape.length === 1);
    return isOurs ? multiply(a, transposeA, b, transposeB, bias, activation) : stock(args);
  });

  /** a · b + bias, either transposed before. */
  function multiply(
    a: TensorInfo,
    transposeA: boolean,
    b: TensorInfo,
    transposeB: boolean,
    bias?: TensorInfo,
    activation?: string,
  ): TensorInfo {
    if (transposeA) {
      const perm = [...a.shape.slice(0, -2).keys(), a.shape.length - 1, a.shape.length - 2];
      const turned = transpose({ inputs: { x: a }, backend: heap.backend, attrs: { perm } }) as TensorInfo;
      const product = multiply(turned, false, b, transposeB, bias, activation);
      heap.backend.disposeData(turned.dataId);
      return product;
    }
    const [rows, inner] = sizeOf(a);
    const [first, second] = sizeOf(b);
    const [depth, columns] = transposeB ? [second, first] : [first, second];
    assertSame(inner, depth, a, b);
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
    const [depth, columns] = sizeOf(b);
    assertSame(inner, depth, a, b);
    const product = heap.output([...outerOf(a, b), rows, columns]);
    const geometry = pointwise(inner, rows, columns);
    convolutions.filterGradient(heap.address(a), heap.address(b), heap.address(product), geometry);
    return product;
  }
}

/** Whether all of a tensor is one matrix of floats, however many axes of length 1 it has before. */
const isMatrix = ({ shape, dtype }: TensorInfo) =>
  dtype === 'float32' && shape.length >= 2 && util.sizeFromShape(shape.slice(0, -2)) === 1;

const sizeOf = ({ shape }: TensorInfo) => shape.slice(-2) as [number, number];

function assertSame(inner: number, depth: number, a: TensorInfo, b: TensorInfo) {
  if (inner !== depth)
    throw new Error(
      `matMul can’t multiply shapes [${a.shape}] and [${b.shape}]: it would sum over ${inner} values of the first ` +
        `and ${depth} of the second; they must be as many.`,
    );
}

/** The axes of length 1 of whichever has more. */
const outerOf = (a: TensorInfo, b: TensorInfo) =>
  (a.shape.length > b.shape.length ? a : b).shape.slice(0, -2);
