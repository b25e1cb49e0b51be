import { concat1d, reshape, split, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';

/** The values of all tensors one after the other, as slots have them. */
export function flattened(tensors: readonly Tensor[]): Tensor1D {
  return concat1d(tensors.map((tensor) => reshape(tensor, [tensor.size])));
}

/** The other way round: a flat tensor in parts of the shapes of `like`. */
export function parted(flat: Tensor1D, like: readonly Tensor[]): Tensor[] {
  const parts = split(
    flat,
    like.map(({ size }) => size),
  );
  return parts.map((part, i) => reshape(part, like[i]!.shape));
}
