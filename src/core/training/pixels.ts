import { cast, div, type KernelFunc, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { runTrainingKernel } from './kernels';

/** Kernel name. Input: bytes, int32 [B, H, W, C]. Output: float32 of the same shape, each byte / 255, correctly rounded. */
export const normalizePixelsKernel = 'NormalizePixels';

const portableNormalizePixels: KernelFunc = ({ inputs }) =>
  tidy(() => div(cast(inputs.bytes as Tensor4D, 'float32'), 255));

/** Bytes 0…255 (int32 [B, H, W, C]) to floats in [0, 1]. */
export function normalizePixels(bytes: Tensor4D): Tensor4D {
  return runTrainingKernel<Tensor4D>(normalizePixelsKernel, portableNormalizePixels, { bytes });
}
