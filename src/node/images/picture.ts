import { tileOf } from '../../core/data/preview';
import type { Picture } from '../../core/picture';
import type { RgbImage } from './readImage';

/** An image as a webview draws it: RGBA, opaque. */
export function picture({ width, height, rgb }: RgbImage, caption: string): Picture {
  return { ...tileOf({ images: rgb, count: 1 }, [height, width, 3], 0), caption };
}
