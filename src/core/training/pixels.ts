import { type KernelFunc, type NamedAttrMap, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import { runTrainingKernel } from './kernels';

/**
 * Kernel name. No inputs; attributes {bytes, shape}: an Uint8Array in N·H·W·C order and [B, H, W, C]. Output: float32 of
 * that shape, each byte / 255, correctly rounded. The bytes are an attribute because TF.js has no tensors of bytes, and
 * to make integers of them first costs more than all the rest.
 */
export const normalizePixelsKernel = 'NormalizePixels';

export interface NormalizePixelsAttrs {
  readonly bytes: Uint8Array;
  readonly shape: [number, number, number, number];
}

const levels = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

const portableNormalizePixels: KernelFunc = ({ attrs }) => {
  const { bytes, shape } = attrs as unknown as NormalizePixelsAttrs;
  const floats = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) floats[i] = levels[bytes[i]!]!;
  return tensor4d(floats, shape);
};

/** Bytes 0…255 to floats in [0, 1], of shape [B, H, W, C]. */
export function normalizePixels(bytes: Uint8Array, shape: [number, number, number, number]): Tensor4D {
  const attrs: NormalizePixelsAttrs = { bytes, shape };
  return runTrainingKernel<Tensor4D>(
    normalizePixelsKernel,
    portableNormalizePixels,
    {},
    attrs as unknown as NamedAttrMap,
  );
}
