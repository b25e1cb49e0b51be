import * as l10n from '@vscode/l10n';
import { SCRATCH_BYTES } from './threads';

/** One of the two spatial axes of a convolution, in pixels. */
export interface Axis {
  readonly input: number;
  readonly output: number;
  /** Values of the filter along this axis, and how many pixels apart they look. */
  readonly taps: number;
  readonly dilation: number;
  readonly stride: number;
  /** Padding before the first pixel; negative when that many are never looked at. */
  readonly before: number;
}

export interface Geometry {
  readonly batch: number;
  readonly y: Axis;
  readonly x: Axis;
  readonly inChannels: number;
  readonly outChannels: number;
}

const onePixel: Axis = { taps: 1, dilation: 1, stride: 1, before: 0, input: 1, output: 1 };

/** A window of one pixel: a product of `rows` × `inChannels` and `inChannels` × `outChannels`. */
export function pointwise(rows: number, inChannels: number, outChannels: number): Geometry {
  const x = { taps: 1, dilation: 1, stride: 1, before: 0, input: rows, output: rows };
  return { batch: 1, y: onePixel, x, inChannels, outChannels };
}

/** The same convolution with as few and as long rows as can be: all pixels are one row where windows are pixels. */
export function simplified(geometry: Geometry): Geometry {
  const { batch, y, x, inChannels, outChannels } = geometry;
  const isPlain = ({ taps, stride, input, output, before }: Axis) =>
    taps === 1 && stride === 1 && input === output && before === 0;
  return isPlain(y) && isPlain(x) ? pointwise(batch * y.input * x.input, inChannels, outChannels) : geometry;
}

/** Pixels from a window's first to its last. */
export const extent = (axis: Axis) => (axis.taps - 1) * axis.dilation + 1;

/** Pixels that the windows of `count` neighbours cover. */
const spanned = (axis: Axis, count: number) => (count - 1) * axis.stride + extent(axis);

/** Whether a window looks at padding. */
export const overhangs = (axis: Axis) =>
  axis.before > 0 || spanned(axis, axis.output) - axis.before > axis.input;

/** An axis whose pixels lie so many of the image's apart. */
export interface SeenAxis extends Axis {
  readonly spacing: number;
}

/** The axis with the pixels only that its windows look at, where these are single pixels a stride apart. */
export const seen = (axis: Axis): SeenAxis =>
  axis.taps === 1 && axis.before === 0 && !overhangs(axis)
    ? { ...axis, input: axis.output, stride: 1, spacing: axis.stride }
    : { ...axis, spacing: 1 };

export interface Tile {
  readonly height: number;
  readonly width: number;
  /** Tiles that cover the output. */
  readonly down: number;
  readonly across: number;
  /** Pixels in a row of what the windows of a tile cover. */
  readonly windowWidth: number;
}

/** What the windows of a tile may take: they are read once for each panel, and should stay in a near cache. */
const TILE_BYTES = 64 * 1024;

interface TileLimits {
  /** What a pixel of the output takes beside its windows. */
  readonly outputBytes?: number;
  readonly mostBytes?: number;
  /** Windows are read where they are, so that they may have any size. */
  readonly inPlace?: boolean;
  /** Tiles of an image that there should be, so that each thread gets some. */
  readonly least?: number;
}

/**
 * How much of the output to take at once: whole rows where they fit, and as many of them as fit.
 * @throws if not even one window fits the scratch of a thread that it is copied to
 */
export function tileOf(
  y: Axis,
  x: Axis,
  channels: number,
  { outputBytes = 0, mostBytes = TILE_BYTES, inPlace = false, least = 1 }: TileLimits,
): Tile {
  const bytes = (height: number, width: number) =>
    4 * channels * spanned(y, height) * spanned(x, width) + height * width * outputBytes;
  if (!inPlace && bytes(1, 1) > SCRATCH_BYTES / 2)
    throw new Error(
      l10n.t(
        'A {0} × {1} filter over {2} channels is too large for the wasm engine: its window takes {3} bytes, and at most {4} can be had. Use a smaller filter, or the cpu engine.',
        ...[y.taps, x.taps, channels, bytes(1, 1), SCRATCH_BYTES / 2],
      ),
    );
  const across = fewest(
    x.output,
    (count) => bytes(1, Math.ceil(x.output / count)) <= mostBytes && count * y.output >= least,
  );
  const width = Math.min(x.output, 4 * Math.ceil(x.output / across / 4));
  const down = fewest(
    y.output,
    (count) => bytes(Math.ceil(y.output / count), width) <= mostBytes && count * across >= least,
  );
  const height = Math.ceil(y.output / down);
  return {
    height,
    width,
    down: Math.ceil(y.output / height),
    across: Math.ceil(x.output / width),
    windowWidth: spanned(x, width),
  };
}

function fewest(most: number, suffices: (count: number) => boolean): number {
  let count = 1;
  while (count < most && !suffices(count)) count++;
  return count;
}

export interface Phase {
  /** The first input pixel of this phase; the others follow a stride apart. */
  readonly first: number;
  /** The last tap that these pixels see; the others lie a stride apart before it. */
  readonly lastTap: number;
  /** The axis of the convolution of the output's gradient that gives these pixels' gradients. */
  readonly axis: Axis;
}

/** The input pixels of an axis by their position modulo the stride: those of one phase see the same taps. */
export function phases({ input, output, taps, stride, before }: Axis): Phase[] {
  return Array.from({ length: Math.min(stride, input) }, (_, first) => {
    const firstTap = (first + before) % stride;
    const count = Math.max(0, Math.ceil((taps - firstTap) / stride));
    const axis: Axis = {
      input: output,
      output: Math.ceil((input - first) / stride),
      taps: count,
      dilation: 1,
      stride: 1,
      before: count - 1 - (first + before - firstTap) / stride,
    };
    return { first, lastTap: firstTap + (count - 1) * stride, axis };
  });
}
