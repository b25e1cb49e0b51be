import type { ImageShape } from './dataset';

/** What a network is built for: the images of a data set, and their classes. */
export interface Images {
  readonly shape: ImageShape;
  readonly classes: number;
}
