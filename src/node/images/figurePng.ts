import sharp from 'sharp';
import type { Figure, PlacedTile } from '../../core/figure';

/** What a figure says it was made by: such a file may be replaced by another figure. */
const software = 'Involution Lab';

/** The figure as a PNG. Tiles that grow keep their pixels as squares. */
export async function figurePng({ svg, tiles }: Figure): Promise<Buffer> {
  const layers = await Promise.all(
    tiles.map(async (placed) => ({ input: await drawn(placed), left: placed.left, top: placed.top })),
  );
  return sharp(Buffer.from(svg))
    .composite(layers)
    .withExif({ IFD0: { Software: software } })
    .png()
    .toBuffer();
}

/** Whether the file was made by `figurePng`. */
export async function isFigure(file: string): Promise<boolean> {
  try {
    const { format, exif } = await sharp(file).metadata();
    return format === 'png' && (exif?.includes(software) ?? false);
  } catch {
    return false;
  }
}

function drawn({ tile, width, height }: PlacedTile): Promise<Buffer> {
  const grows = width >= tile.width;
  return sharp(tile.rgba, { raw: { width: tile.width, height: tile.height, channels: 4 } })
    .resize(width, height, { fit: 'fill', kernel: grows ? 'nearest' : 'mitchell' })
    .png()
    .toBuffer();
}

/** Whether this machine has a font: without one every letter is the same empty box. */
export async function canDrawText(): Promise<boolean> {
  const [wide, narrow] = await Promise.all([drawnLetter('M'), drawnLetter('i')]);
  return !wide.equals(narrow);
}

function drawnLetter(letter: string): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text y="15" font-family="sans-serif">${letter}</text></svg>`;
  return sharp(Buffer.from(svg)).raw().toBuffer();
}
