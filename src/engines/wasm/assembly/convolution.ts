// Convolution over NHWC images, and the gradient of its filter, as matrix products over windows.
//
// The output is cut into tiles of tileHeight × tileWidth pixels. For each tile the pixels that its windows cover are
// copied to this thread's scratch, zeros where the window hangs over the edge; there one row of a window is one run
// of consecutive values, whatever the number of channels, and nothing has to be asked about edges any more.
// The input's gradient is a convolution too (see ../convolution.ts).
import { LANES, PANEL_ROW, multiply, multiplySixes, packColumns, storeColumns } from './gemm';
import { scratch } from './scratch';

/**
 * Which pixels of an image the windows of a tile cover. 32-bit words in this order; TypeScript writes them, and behind
 * those of the task the byte offsets of the runs (see multiply).
 */
@unmanaged
class Windows {
  /** Panels, or partial sums. */
  buffer: usize;
  image: usize;
  height: i32;
  width: i32;
  channels: i32;
  /** Rows and columns of padding before the image; negative when that many are never looked at. */
  top: i32;
  left: i32;
  strideY: i32;
  strideX: i32;
  /** Rows and columns from a window's first to its last. */
  extentY: i32;
  extentX: i32;
  outHeight: i32;
  outWidth: i32;
  tileHeight: i32;
  tileWidth: i32;
  /** Whether there is no padding, so that windows can be read where they are. */
  inPlace: i32;
  /** Bytes between two rows of what the windows are read from. */
  pitch: usize;
  outChannels: i32;
}

@unmanaged
class Convolution extends Windows {
  runCount: i32;
  runLength: i32;
  output: usize;
  /** Bytes between images, rows and pixels of the output. */
  imageStep: usize;
  rowStep: usize;
  pixelStep: usize;
  /** The least and the greatest output (ReLU: 0 and ∞). */
  lower: f32;
  upper: f32;
}

@unmanaged
class FilterGradient extends Windows {
  outputGradient: usize;
  filterHeight: i32;
  filterWidth: i32;
  tiles: i32;
  /** The tiles are shared out to so many sums; input channels to slices; output channels to groups of panels. */
  sums: i32;
  slices: i32;
  sliceChannels: i32;
  groups: i32;
  groupPanels: i32;
  /** Of a block of partial sums, [panel][filter row][filter column × channel, in fours][8], at most. */
  blockBytes: usize;
}

@inline
function ceilDivide(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}

// For the short pieces here loops are faster than memory.copy and memory.fill, which V8 calls out for.

@inline
function copy(to: usize, from: usize, bytes: usize): void {
  const end = to + bytes;
  for (; to + 16 <= end; to += 16, from += 16) v128.store(to, v128.load(from));
  for (; to < end; to += 4, from += 4) store<f32>(to, load<f32>(from));
}

@inline
function zero(to: usize, bytes: usize): void {
  const end = to + bytes;
  for (; to + 16 <= end; to += 16) v128.store(to, i32x4.splat(0));
  for (; to < end; to += 4) store<f32>(to, 0);
}

/** Copies what the windows of output pixels [p0, p1) × [q0, q1) cover, channels [c0, c1) of it. */
function gather(
  w: Windows,
  to: usize,
  image: i32,
  p0: i32,
  p1: i32,
  q0: i32,
  q1: i32,
  c0: i32,
  c1: i32,
): void {
  const rows = (p1 - p0 - 1) * w.strideY + w.extentY;
  const columns = (q1 - q0 - 1) * w.strideX + w.extentX;
  const firstRow = p0 * w.strideY - w.top;
  const firstColumn = q0 * w.strideX - w.left;
  const before = min(columns, max(0, -firstColumn));
  const until = max(before, min(columns, w.width - firstColumn));
  const pixelBytes = <usize>(c1 - c0) << 2;
  const from = w.image + ((<usize>image * w.height * w.width * w.channels + c0) << 2);
  for (let row = 0; row < rows; row++, to += w.pitch) {
    const y = firstRow + row;
    if (y < 0 || y >= w.height) {
      zero(to, <usize>columns * pixelBytes);
      continue;
    }
    zero(to, <usize>before * pixelBytes);
    let source = from + (((<usize>y * w.width + (firstColumn + before)) * w.channels) << 2);
    let target = to + <usize>before * pixelBytes;
    if (c1 - c0 == w.channels) {
      copy(target, source, <usize>(until - before) * pixelBytes);
      target += <usize>(until - before) * pixelBytes;
    } else {
      for (let x = before; x < until; x++) {
        copy(target, source, pixelBytes);
        source += <usize>w.channels << 2;
        target += pixelBytes;
      }
    }
    zero(target, <usize>(columns - until) * pixelBytes);
  }
}

/** Convolves tiles start … end − 1 of the batch. */
export function convolve(start: i32, end: i32, task: usize): void {
  const t = changetype<Convolution>(task);
  const across = ceilDivide(t.outWidth, t.tileWidth);
  const down = ceilDivide(t.outHeight, t.tileHeight);
  const panelBytes = <usize>(1 + t.runCount * t.runLength) * PANEL_ROW;
  const windowStep = <usize>(t.strideX * t.channels) << 2;
  const isClamped = t.lower > -Infinity || t.upper < Infinity;
  for (let tile = start; tile < end; tile++) {
    const q0 = (tile % across) * t.tileWidth;
    const p0 = ((tile / across) % down) * t.tileHeight;
    const image = tile / (across * down);
    const p1 = min(p0 + t.tileHeight, t.outHeight);
    const q1 = min(q0 + t.tileWidth, t.outWidth);
    let windows = scratch;
    if (t.inPlace) {
      const row = <usize>image * t.height + (p0 * t.strideY - t.top);
      windows = t.image + (((row * t.width + (q0 * t.strideX - t.left)) * t.channels) << 2);
    } else if (t.runCount > 0) {
      gather(t, scratch, image, p0, p1, q0, q1, 0, t.channels);
    }
    const output =
      t.output + <usize>image * t.imageStep + <usize>p0 * t.rowStep + <usize>q0 * t.pixelStep;
    let panel = t.buffer;
    for (let channel = 0; channel < t.outChannels; channel += LANES, panel += panelBytes) {
      const inSixes = t.runCount == 1 && !isClamped && t.outChannels - channel >= LANES;
      for (let p = 0; p < p1 - p0; p++) {
        const from = windows + <usize>(p * t.strideY) * t.pitch;
        const to = output + <usize>p * t.rowStep + (<usize>channel << 2);
        const done = inSixes
          ? multiplySixes(q1 - q0, from, windowStep, t.runLength, panel + PANEL_ROW, panel, to, t.pixelStep)
          : 0;
        multiply(
          q1 - q0 - done,
          from + <usize>done * windowStep,
          windowStep,
          4,
          task + offsetof<Convolution>(),
          t.runCount,
          t.runLength,
          panel + PANEL_ROW,
          panel,
          0,
          to + <usize>done * t.pixelStep,
          t.pixelStep,
          t.outChannels - channel,
          task + offsetof<Convolution>('lower'),
        );
      }
    }
  }
}

/** Sums of window × output gradient: blocks [sum][slice][group] start … end − 1 of them. */
export function filterGradientPartials(start: i32, end: i32, task: usize): void {
  const t = changetype<FilterGradient>(task);
  const across = ceilDivide(t.outWidth, t.tileWidth);
  const down = ceilDivide(t.outHeight, t.tileHeight);
  for (let block = start; block < end; block++) {
    const group = block % t.groups;
    const c0 = ((block / t.groups) % t.slices) * t.sliceChannels;
    const c1 = min(c0 + t.sliceChannels, t.channels);
    const sum = block / (t.groups * t.slices);
    const firstPanel = group * t.groupPanels;
    const panels = min(t.groupPanels, ceilDivide(t.outChannels, LANES) - firstPanel);
    // A row of the window, filled up to a multiple of four; what is computed from the filling is never read.
    const values = (t.filterWidth * (c1 - c0) + 3) & ~3;
    const pixelBytes = <usize>(t.strideX * (c1 - c0)) << 2;
    const partial = t.buffer + <usize>block * t.blockBytes;
    memory.fill(partial, 0, t.blockBytes);
    const lastTile = <i32>((<i64>(sum + 1) * t.tiles) / t.sums);
    for (let tile = <i32>((<i64>sum * t.tiles) / t.sums); tile < lastTile; tile++) {
      const q0 = (tile % across) * t.tileWidth;
      const p0 = ((tile / across) % down) * t.tileHeight;
      const image = tile / (across * down);
      const p1 = min(p0 + t.tileHeight, t.outHeight);
      const q1 = min(q0 + t.tileWidth, t.outWidth);
      gather(t, scratch, image, p0, p1, q0, q1, c0, c1);
      const windowRows = (t.tileHeight - 1) * t.strideY + t.extentY;
      const gradient = scratch + <usize>windowRows * t.pitch + 16;
      const gradientBytes = <usize>((p1 - p0) * (q1 - q0)) * PANEL_ROW;
      packGradient(t, gradient, image, p0, p1, q0, q1, firstPanel, panels);
      let to = partial;
      for (let panel = 0; panel < panels; panel++) {
        for (let y = 0; y < t.filterHeight; y++) {
          multiply(
            values,
            scratch + <usize>y * t.pitch,
            4,
            pixelBytes,
            task + offsetof<FilterGradient>(),
            p1 - p0,
            q1 - q0,
            gradient + <usize>panel * gradientBytes,
            to,
            PANEL_ROW,
            to,
            PANEL_ROW,
            LANES,
            0,
          );
          to += <usize>values * PANEL_ROW;
        }
      }
    }
  }
}

/** The output gradient of a tile as panels [panel][pixel][8]. */
function packGradient(
  t: FilterGradient,
  to: usize,
  image: i32,
  p0: i32,
  p1: i32,
  q0: i32,
  q1: i32,
  firstPanel: i32,
  panels: i32,
): void {
  const pixelBytes = <usize>t.outChannels << 2;
  for (let panel = 0; panel < panels; panel++) {
    const channel = (firstPanel + panel) * LANES;
    const count = min(LANES, t.outChannels - channel);
    for (let p = p0; p < p1; p++) {
      const row = (<usize>image * t.outHeight + p) * t.outWidth;
      let from = t.outputGradient + (row + q0) * pixelBytes + (<usize>channel << 2);
      for (let q = q0; q < q1; q++) {
        packColumns(to, from, count);
        from += pixelBytes;
        to += PANEL_ROW;
      }
    }
  }
}

/** Adds the partial sums, in order, for rows start … end − 1 of the filter (row, column, channel). */
export function filterGradientTotal(start: i32, end: i32, task: usize, gradient: usize): void {
  const t = changetype<FilterGradient>(task);
  const sumBytes = <usize>(t.slices * t.groups) * t.blockBytes;
  for (let row = start; row < end; row++) {
    const channel = row % t.channels;
    const x = (row / t.channels) % t.filterWidth;
    const y = row / (t.channels * t.filterWidth);
    const slice = channel / t.sliceChannels;
    const c0 = slice * t.sliceChannels;
    const width = min(t.sliceChannels, t.channels - c0);
    const values = (t.filterWidth * width + 3) & ~3;
    for (let first = 0; first < t.outChannels; first += LANES) {
      const panel = first / LANES;
      const group = panel / t.groupPanels;
      const line = ((panel % t.groupPanels) * t.filterHeight + y) * values + x * width + (channel - c0);
      let from =
        t.buffer + <usize>(slice * t.groups + group) * t.blockBytes + <usize>line * PANEL_ROW;
      let low = v128.load(from);
      let high = v128.load(from, 16);
      for (let sum = 1; sum < t.sums; sum++) {
        from += sumBytes;
        low = f32x4.add(low, v128.load(from));
        high = f32x4.add(high, v128.load(from, 16));
      }
      const to = gradient + (<usize>(row * t.outChannels + first) << 2);
      storeColumns(to, low, high, min(t.outChannels - first, LANES));
    }
  }
}
