import type { DataSpec } from '../runs/spec';
import type { ImageShape } from './dataset';
import { shapesClasses, shapesImageShape } from './shapes';

/** What a network is built for: the images of a data set, and their classes. */
export interface Images {
  readonly shape: ImageShape;
  readonly classes: number;
}

/** Those of a data set that is known before it is there; null for a folder. */
export function imagesOfKind(kind: DataSpec['kind']): Images | null {
  // CIFAR-10's images are as large as the built-in ones, and have as many classes.
  return kind === 'folder' ? null : { shape: shapesImageShape, classes: shapesClasses.length };
}
