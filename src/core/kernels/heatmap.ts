import type { ColorMapName } from './colormap';
import type { KernelMap } from './kernelMap';

/** The values at the two ends of a colour map. */
export type Extent = readonly [min: number, max: number];

/** Smallest and largest finite value, and how many are not finite. */
export interface Census {
  readonly extent: Extent;
  readonly nan: number;
  readonly infinite: number;
}

export function census(values: Float32Array): Census {
  let [min, max, nan, infinite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const value of values) {
    if (Number.isFinite(value)) {
      if (value < min) min = value;
      if (value > max) max = value;
    } else if (Number.isNaN(value)) nan++;
    else infinite++;
  }
  return { extent: min <= max ? [min, max] : [0, 0], nan, infinite };
}

/** What a scale per image spans: the finite values, or the one that is everywhere. */
export const extentOf = ({ values, constant }: Pick<KernelMap, 'values' | 'constant'>): Extent =>
  constant === null ? census(values).extent : [constant, constant];

export interface ScaleOptions {
  readonly colorMap: ColorMapName;
  /** 'image': from the smallest value of this image to its largest, as the Keras example does. 'fixed': ± limit. */
  readonly scale: 'image' | 'fixed';
  /** Half the width of the fixed scale. 0: not chosen. */
  readonly limit: number;
}

/**
 * The values at the two ends of the colour map. A diverging map always has zero in its middle; a fixed scale is the same
 * for every image, layer and epoch.
 */
export function scaleOf(extent: Extent, { colorMap, scale, limit }: ScaleOptions): Extent {
  if (scale === 'fixed' && limit > 0) return [-limit, limit];
  if (colorMap === 'viridis') return extent;
  const largest = Math.max(Math.abs(extent[0]), Math.abs(extent[1]));
  return [-largest, largest];
}

/** The next 1, 2 or 5 times a power of ten: a round limit for a fixed scale. */
export function roundLimit(largest: number): number {
  if (!(largest > 0) || !Number.isFinite(largest)) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  const factor = [1, 2, 5, 10].find((f) => f * power >= largest * (1 - 1e-9))!;
  return Number((factor * power).toPrecision(3));
}

/** The map's values as RGBA pixels. `table`: 256 colours, RGB. What is not a number is left transparent. */
export function paint(
  { values }: Pick<KernelMap, 'values'>,
  [min, max]: Extent,
  table: Uint8Array,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  const scale = max > min ? 255 / (max - min) : 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    // A map of one value only has the colour of the middle.
    const place = max > min ? Math.round((value - min) * scale) : 127;
    const color = 3 * Math.max(0, Math.min(255, place));
    pixels[4 * i] = table[color]!;
    pixels[4 * i + 1] = table[color + 1]!;
    pixels[4 * i + 2] = table[color + 2]!;
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}
