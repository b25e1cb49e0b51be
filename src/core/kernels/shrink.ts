import type { Tile } from '../figure';
import type { KernelMap } from './kernelMap';

/** A map as large as a figure has room for: the means of its pixels. What is not a number counts for none. */
export function shrunkMap(map: KernelMap, mostPixels: number): KernelMap {
  const { width, height, values } = means(map.values, map.width, map.height, 1, mostPixels);
  return { ...map, width, height, values };
}

/** The same of a picture; `mostPixels` is the length of its longer side. */
export function shrunkTile({ width, height, rgba }: Tile, mostPixels: number): Tile {
  const small = means(rgba, width, height, 4, mostPixels);
  return { width: small.width, height: small.height, rgba: Uint8ClampedArray.from(small.values) };
}

/** Means of boxes, each value of `channels` by itself. Height and width shrink alike. */
function means(
  values: ArrayLike<number>,
  width: number,
  height: number,
  channels: number,
  mostPixels: number,
): { width: number; height: number; values: Float32Array } {
  const scale = Math.min(1, mostPixels / Math.max(width, height));
  const [across, down] = [width, height].map((side) => Math.max(1, Math.round(side * scale))) as [
    number,
    number,
  ];
  const small = new Float32Array(across * down * channels);
  for (let i = 0; i < small.length; i++) {
    const channel = i % channels;
    const column = Math.floor(i / channels) % across;
    const row = Math.floor(i / channels / across);
    const [left, right] = [
      Math.floor((column * width) / across),
      Math.floor(((column + 1) * width) / across),
    ];
    const [top, bottom] = [Math.floor((row * height) / down), Math.floor(((row + 1) * height) / down)];
    let [sum, count] = [0, 0];
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++) {
        const value = values[(y * width + x) * channels + channel]!;
        if (Number.isNaN(value)) continue;
        sum += value;
        count++;
      }
    small[i] = sum / count;
  }
  return { width: across, height: down, values: small };
}
