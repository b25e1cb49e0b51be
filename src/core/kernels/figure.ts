import {
  type Figure,
  figureOf,
  gap,
  margin,
  placed,
  shortened,
  type Tile,
  text,
  titleHeight,
} from '../figure';
import { colorTable } from './colormap';
import { type Extent, extentOf, paint, type ScaleOptions, scaleOf } from './heatmap';
import type { KernelMap } from './kernelMap';
import { kernelStatistics } from './statistics';

/** One image of the figure, and a map of each layer's kernels for it. */
export interface FigureRow {
  /** At most two lines under the image. */
  readonly captions: readonly string[];
  readonly picture: Tile;
  readonly maps: readonly FigureMap[];
}

export interface FigureMap {
  readonly layer: string;
  readonly map: Pick<KernelMap, 'width' | 'height' | 'values' | 'statistic' | 'constant'>;
  /** What its scale spans, where the map was shrunk: the values of the whole one. */
  readonly extent?: Extent;
  /** Why it is constant, where the generator's kind makes it so. */
  readonly reason?: string | undefined;
}

export interface KernelFigureOptions extends Omit<ScaleOptions, 'limit'> {
  readonly title: string;
  /** Half the width of the fixed scale. Default: the largest value of the figure. */
  readonly limit?: number;
}

const smallestTile = 160;
/** Whatever is larger is shrunk to it. */
export const largestTile = 512;
const headerHeight = 24;
/** Under a tile: two lines of text, or a colour bar and its two numbers. */
const footHeight = 40;
const barHeight = 8;

/** SVG is drawn up to this height. */
const mostHeight = 32_767;
const heightBesides = titleHeight + headerHeight - gap + margin;
const rowHeight = (tile: number) => tile + footHeight + gap;
/** A figure has room for no more. */
export const mostRows = Math.floor((mostHeight - heightBesides) / rowHeight(smallestTile));

/**
 * The Keras example's figure: a row per image, the input first and then a heatmap for each layer, each with its legend.
 */
export function kernelFigure(rows: readonly FigureRow[], options: KernelFigureOptions): Figure {
  const largest = Math.max(...rows.map(({ picture }) => Math.max(picture.width, picture.height)));
  const room = Math.floor((mostHeight - heightBesides) / rows.length) - rowHeight(0);
  const size = Math.min(Math.max(largest, smallestTile), largestTile, room);
  const columns = rows[0]!.maps.map(({ layer, map }) => `${layer}: ${kernelStatistics[map.statistic].title}`);
  const limit = options.limit ?? largestValue(rows);
  const left = (column: number) => margin + column * (size + gap);
  const top = (row: number) => titleHeight + headerHeight + row * rowHeight(size);

  const headers = ['input', ...columns].map((name, i) =>
    text(shortened(name, size), left(i) + size / 2, titleHeight + 14, 'header'),
  );
  const cells = rows.map(({ captions, picture, maps }, r) => {
    const foot = top(r) + size;
    return {
      tiles: [
        placed(picture, left(0), top(r), size),
        ...maps.map((drawn, i) => {
          const { map } = drawn;
          const rgba = paint(
            map,
            scaleOf(spanOf(drawn), { ...options, limit }),
            colorTable(options.colorMap),
          );
          return placed({ width: map.width, height: map.height, rgba }, left(i + 1), top(r), size);
        }),
      ],
      marks: [
        ...captions.map((line, i) =>
          text(shortened(line, size), left(0) + size / 2, foot + 17 + i * 15, 'caption'),
        ),
        ...maps.flatMap((drawn, i) =>
          drawn.map.constant === null
            ? legend(scaleOf(spanOf(drawn), { ...options, limit }), left(i + 1), foot + 8, size)
            : constantLines(drawn).map((line, l) =>
                text(shortened(line, size), left(i + 1) + size / 2, foot + 17 + l * 15, 'caption'),
              ),
        ),
      ],
    };
  });
  return figureOf({
    width: left(columns.length) + size + margin,
    height: heightBesides + rows.length * rowHeight(size),
    title: options.title,
    tiles: cells.flatMap(({ tiles }) => tiles),
    marks: [...headers, ...cells.flatMap(({ marks }) => marks)],
    definitions: `<linearGradient id="ramp">${stops(options.colorMap)}</linearGradient>`,
  });
}

const spanOf = ({ map, extent }: FigureMap): Extent => extent ?? extentOf(map);

const constantLines = ({ map, reason }: FigureMap): string[] => [
  `constant here: ${number(map.constant!)}`,
  ...(reason ? [reason] : []),
];

function largestValue(rows: readonly FigureRow[]): number {
  const extents = rows.flatMap(({ maps }) => maps.flatMap(spanOf));
  return Math.max(...extents.map(Math.abs));
}

function legend([min, max]: Extent, left: number, top: number, width: number): string[] {
  const numbers = top + barHeight + 15;
  return [
    `<rect x="${left}" y="${top}" width="${width}" height="${barHeight}" fill="url(#ramp)"/>`,
    text(number(min), left, numbers, 'start'),
    text(number(max), left + width, numbers, 'end'),
  ];
}

/** Three significant digits: 0.123, −4.56, 1.2e−7. */
function number(value: number): string {
  const plain = value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5);
  return (plain ? String(Number(value.toPrecision(3))) : value.toExponential(1)).replaceAll('-', '−');
}

/** The colour map as 17 stops of a gradient. */
function stops(colorMap: KernelFigureOptions['colorMap']): string {
  const table = colorTable(colorMap);
  return Array.from({ length: 17 }, (_, i) => {
    const at = 3 * Math.round((i / 16) * 255);
    return `<stop offset="${i / 16}" stop-color="rgb(${table.subarray(at, at + 3).join()})"/>`;
  }).join('');
}
