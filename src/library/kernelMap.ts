import type { Tensor } from '@tensorflow/tfjs-core';
import { ArgumentError } from '../core/involution/argumentErrors';
import { type KernelMap, kernelMap as mapOf } from '../core/kernels/kernelMap';

/**
 * The Keras example's picture of an involution kernel: at each position the sum of its K·K weights.
 *
 * @param kernel [B,H,W,K·K,1,G], the second output of an Involution layer.
 * @param group one group (from 0), or the sum over all of them (the default).
 * @returns one map per image.
 * @throws ArgumentError when the tensor has another shape or the group does not exist.
 */
export async function kernelMap(kernel: Tensor, group: number | 'all' = 'all'): Promise<KernelMap[]> {
  const [batch, height, width, taps, one, groups] = kernel.shape;
  const kernelSize = Math.round(Math.sqrt(taps ?? 0));
  if (kernel.rank !== 6 || one !== 1 || kernelSize ** 2 !== taps) {
    throw new ArgumentError('kernel', kernel.shape, ['of shape [batch, height, width, K·K, 1, groups]']);
  }
  const shape = { height: height!, width: width!, kernelSize, groups: groups! };
  const values = (await kernel.data()) as Float32Array;
  const size = values.length / batch!;
  return Array.from({ length: batch! }, (_, image) =>
    mapOf(values.subarray(image * size, (image + 1) * size), shape, group),
  );
}
