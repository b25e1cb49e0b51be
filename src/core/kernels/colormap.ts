import { interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic';

export const colorMapNames = ['viridis', 'diverging'] as const;
export type ColorMapName = (typeof colorMapNames)[number];

/** Of "#440154" or "rgb(68, 1, 84)". */
const rgbOf = (color: string): number[] =>
  color.startsWith('#')
    ? [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
    : color.match(/\d+/g)!.map(Number);

const tableOf = (colorAt: (t: number) => string) =>
  Uint8Array.from(Array.from({ length: 256 }, (_, i) => rgbOf(colorAt(i / 255))).flat());

const tables: Record<ColorMapName, Uint8Array> = {
  viridis: tableOf(interpolateViridis),
  /** Blue below zero, white, red above. */
  diverging: tableOf((t) => interpolateRdBu(1 - t)),
};

/** 256 colours, RGB, from the lowest value to the highest. */
export const colorTable = (name: ColorMapName): Uint8Array => tables[name];
