/** Pictures with words: tiles of pixels on an SVG that holds everything else. Lengths are in pixels. */
export interface Figure {
  readonly width: number;
  readonly height: number;
  readonly svg: string;
  readonly tiles: readonly PlacedTile[];
}

/** RGBA pixels. */
export interface Tile {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array | Uint8ClampedArray;
}

/** A tile and the box that it fills. */
export interface PlacedTile {
  readonly tile: Tile;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Around everything, and between two tiles. */
export const margin = 24;
export const gap = 20;
/** The title's line, before anything else. */
export const titleHeight = 44;

export interface FigureParts {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly tiles: readonly PlacedTile[];
  /** SVG elements. */
  readonly marks: readonly string[];
  readonly definitions?: string;
}

export function figureOf({ width, height, title, tiles, marks, definitions = '' }: FigureParts): Figure {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<style>
text { font-family: "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; font-size: 12px; fill: #333; }
.title { font-size: 16px; font-weight: 600; fill: #111; }
.header { font-size: 13px; font-weight: 600; text-anchor: middle; }
.caption { text-anchor: middle; }
.end { text-anchor: end; }
</style>
<defs>${definitions}</defs>
<rect width="100%" height="100%" fill="#fff"/>
${[text(title, margin, 30, 'title'), ...marks].join('\n')}
</svg>`;
  return { width, height, svg, tiles };
}

export const text = (
  content: string,
  x: number,
  y: number,
  kind: 'title' | 'header' | 'caption' | 'start' | 'end',
) => `<text x="${x}" y="${y}" class="${kind}">${escaped(content)}</text>`;

/** As large as fits into a square, in the middle of it. */
export function placed(tile: Tile, left: number, top: number, size: number): PlacedTile {
  const scale = size / Math.max(tile.width, tile.height);
  const width = Math.max(1, Math.round(tile.width * scale));
  const height = Math.max(1, Math.round(tile.height * scale));
  return {
    tile,
    left: left + Math.floor((size - width) / 2),
    top: top + Math.floor((size - height) / 2),
    width,
    height,
  };
}

/** What would be wider than `width` loses its middle: file names end in what tells them apart. */
export function shortened(caption: string, width: number): string {
  const room = Math.floor(width / 6.5);
  if (caption.length <= room) return caption;
  const half = Math.floor((room - 1) / 2);
  return `${caption.slice(0, half)}…${caption.slice(-half)}`;
}

const escaped = (content: string) => content.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
