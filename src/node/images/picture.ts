import type { Picture } from '../../protocol/worker';
import type { RgbImage } from './readImage';

/** An image as a webview draws it: RGBA, opaque. */
export function picture({ width, height, rgb }: RgbImage, caption: string): Picture {
  const rgba = new Uint8Array(4 * width * height).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++)
    for (let c = 0; c < 3; c++) rgba[4 * pixel + c] = rgb[3 * pixel + c]!;
  return { width, height, rgba, caption };
}
