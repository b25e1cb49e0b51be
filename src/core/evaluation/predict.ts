import { type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ImageShape, Split } from '../data/dataset';
import { normalizePixels } from '../training/pixels';

export interface PredictOptions {
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
  /** The share done so far. */
  readonly onProgress?: (fraction: number) => void;
}

/** A batch is so many pixels at most, 256 images of 32 × 32: large images come one by one and fit whatever trained on them. */
const pixelsPerBatch = 256 * 32 * 32;
const mostImages = 256;

/**
 * The logits of every image, count · classes values. An abort rejects with the signal's reason.
 */
export async function predict(
  network: LayersModel,
  { images, count }: Pick<Split, 'images' | 'count'>,
  [height, width, channels]: ImageShape,
  classes: number,
  { signal, onProgress, ...options }: PredictOptions = {},
): Promise<Float32Array> {
  const fitting = Math.max(1, Math.min(mostImages, Math.floor(pixelsPerBatch / (height * width))));
  const { batchSize = fitting } = options;
  const size = height * width * channels;
  const logits = new Float32Array(count * classes);
  for (let from = 0; from < count; from += batchSize) {
    signal?.throwIfAborted();
    const to = Math.min(count, from + batchSize);
    const batch = tidy(() => {
      const bytes = images.subarray(from * size, to * size);
      const pixels = normalizePixels(bytes, [to - from, height, width, channels]);
      return network.apply(pixels, { training: false, kernels: false }) as Tensor2D;
    });
    logits.set(await batch.data(), from * classes);
    batch.dispose();
    onProgress?.(to / count);
  }
  return logits;
}
