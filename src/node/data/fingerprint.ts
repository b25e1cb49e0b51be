import { createHash } from 'node:crypto';
import type { Dataset } from '../../core/data/dataset';

/** SHA-256, in hex, over shape, classes, pixels and labels: equal for equal data, wherever it came from. */
export function fingerprint({
  classes,
  imageShape,
  train,
  validation,
}: Pick<Dataset, 'classes' | 'imageShape' | 'train' | 'validation'>): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify({ classes, imageShape, counts: [train.count, validation.count] }));
  for (const { images, labels } of [train, validation]) hash.update(images).update(labels);
  return hash.digest('hex');
}
