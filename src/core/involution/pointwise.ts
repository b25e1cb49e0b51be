import { add, matMul, reshape, type Tensor, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';

/** [B,H,W,C] as [pixels, C]. */
export function pixelsOf(x: Tensor): Tensor2D {
  return reshape(x, [-1, x.shape[x.rank - 1]!]);
}

/** A 1×1 convolution's kernel [1,1,A,B] as [A,B]. */
export function asMatrix(kernel: Tensor): Tensor2D {
  return reshape(kernel, [kernel.shape[2]!, kernel.shape[3]!]);
}

/**
 * A 1×1 convolution as a product of matrices: backends that can't train convolutions have that.
 *
 * @param x [B,H,W,A].
 * @param kernel [1,1,A,N]; bias [N].
 * @returns [B,H,W,N].
 */
export function pointwise(x: Tensor4D, kernel: Tensor, bias?: Tensor): Tensor4D {
  const [batch, height, width] = x.shape;
  const product = matMul(pixelsOf(x), asMatrix(kernel));
  return reshape(bias ? add(product, bias) : product, [batch, height, width, kernel.shape[3]!]);
}
