import { type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import { registerMissingKernels } from '../customKernels';
import { runTrainingKernel, type TrainingKernel, type TrainingKernels } from './kernels';

const levels = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

const portable: TrainingKernel<'NormalizePixels'> = (_, { bytes, shape }) => {
  const floats = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) floats[i] = levels[bytes[i]!]!;
  return tensor4d(floats, shape);
};

/** Bytes 0…255 to floats in [0, 1], of shape [B, H, W, C]. */
export function normalizePixels(bytes: Uint8Array, shape: [number, number, number, number]): Tensor4D {
  registerMissingKernels<Pick<TrainingKernels, 'NormalizePixels'>>({ NormalizePixels: portable });
  return runTrainingKernel('NormalizePixels', {}, { bytes, shape }) as Tensor4D;
}
