import { interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic';
import type { Options } from '../options';

const parse = (color: string): number[] =>
  color.startsWith('#')
    ? [1, 3, 5].map((i) => Number.parseInt(color.slice(i, i + 2), 16))
    : color.match(/\d+/g)!.map(Number);
const table = (at: (t: number) => string) =>
  Uint8Array.from(Array.from({ length: 256 }, (_, i) => parse(at(i / 255))).flat());

const tables = { viridis: table(interpolateViridis), diverging: table((t) => interpolateRdBu(1 - t)) };
export const colorTable = (name: Options['colorMap']): Uint8Array => tables[name];
