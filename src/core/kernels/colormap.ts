import { diverging, viridis } from './colorTables';

export const colorMapNames = ['viridis', 'diverging'] as const;
export type ColorMapName = (typeof colorMapNames)[number];

const tableOf = (hex: string) =>
  Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));

const tables: Record<ColorMapName, Uint8Array> = {
  viridis: tableOf(viridis),
  /** Blue below zero, white, red above. */
  diverging: tableOf(diverging),
};

/** 256 colours, RGB, from the lowest value to the highest. */
export const colorTable = (name: ColorMapName): Uint8Array => tables[name];
