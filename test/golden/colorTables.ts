import { interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic';

/** Of "#440154" or "rgb(68, 1, 84)". */
const rgbOf = (color: string): number[] =>
  color.startsWith('#')
    ? [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
    : color.match(/\d+/g)!.map(Number);

const colorAt = { viridis: interpolateViridis, diverging: (t: number) => interpolateRdBu(1 - t) };

/** 256 colours, RGB, as the reference library has them. */
export const referenceTable = (name: keyof typeof colorAt): Uint8Array =>
  Uint8Array.from(Array.from({ length: 256 }, (_, i) => rgbOf(colorAt[name](i / 255))).flat());
