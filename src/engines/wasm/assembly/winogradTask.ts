// What a Winograd convolution, or the gradient of its filter, is told. 32-bit words in this order; TypeScript writes them.
import { PANEL_ROW } from './panels';
import { ceilDivide } from './windows';

/** Values of a transformed patch. */
export const PLACES: i32 = 16;

@unmanaged
export class Task {
  /** Panels [panel][bias row, then place × channel][8], or partial sums [block][place][panel][channel][8]. */
  buffer: usize;
  image: usize;
  height: i32;
  width: i32;
  channels: i32;
  /** Rows and columns of padding before the image; negative when that many are never looked at. */
  top: i32;
  left: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  /** Tiles of all images, and how many to take at once. */
  tiles: i32;
  blockTiles: i32;
  /** Output channels are shared out to groups of so many panels. */
  groups: i32;
  groupPanels: i32;
  /** The output, or its gradient. */
  output: usize;
  /** Bytes between images, rows and pixels of the output. */
  imageStep: usize;
  rowStep: usize;
  pixelStep: usize;
}

@unmanaged
export class Convolution extends Task {
  /** The least and the greatest output. */
  lower: f32;
  upper: f32;
}

@unmanaged
export class FilterGradient extends Task {
  /** The tiles are shared out to so many sums, input channels to slices. */
  sums: i32;
  slices: i32;
  sliceChannels: i32;
}

/** The tile that a transform is at: its image, and its row and column of tiles in it. */
export let image: i32 = 0;
export let row: i32 = 0;
export let column: i32 = 0;
let down: i32 = 0;
let across: i32 = 0;

export function goToTile(t: Task, tile: i32): void {
  across = ceilDivide(t.outWidth, 2);
  down = ceilDivide(t.outHeight, 2);
  column = tile % across;
  row = (tile / across) % down;
  image = tile / (across * down);
}

@inline
export function goToNextTile(): void {
  if (++column < across) return;
  column = 0;
  if (++row < down) return;
  row = 0;
  image++;
}

/** Where the tile's first pixel is in the output, or in its gradient. */
@inline
export function outputPixel(t: Task): usize {
  return (
    t.output + <usize>image * t.imageStep + <usize>(2 * row) * t.rowStep + <usize>(2 * column) * t.pixelStep
  );
}

/**
 * The distance in bytes between blocks of so many bytes: an odd number of cache lines. What is at the same place of each
 * is read or written together; at powers of two it would all have to be in the same few places of the cache.
 */
@inline
export function oddLines(bytes: usize): usize {
  return ((bytes + 63) & ~63) | 64;
}

/** Bytes of a panel's partial sums: [channel][8]. */
@inline
export function partialPanelBytes(t: FilterGradient): usize {
  return <usize>t.sliceChannels * PANEL_ROW;
}
