// The gradient of a convolution's filter, as matrix products over windows. See convolution.ts.
import { multiplyPanels } from './gemm';
import { LANES, PANEL_ROW, packColumns, storeColumns } from './panels';
import { scratch } from './scratch';
import { ceilDivide, gather, Windows } from './windows';

@unmanaged
class FilterGradient extends Windows {
  outputGradient: usize;
  filterHeight: i32;
  filterWidth: i32;
  /** Whether windows are written out one by one before they are multiplied, as their rows are short. */
  isUnfolded: i32;
  tiles: i32;
  /** The tiles are shared out to so many sums; input channels to slices; output channels to groups of panels. */
  sums: i32;
  slices: i32;
  sliceChannels: i32;
  groups: i32;
  groupPanels: i32;
  /** Of a block of partial sums, [panel][filter row][filter column × channel, in fours][8], at most; or windows in fours. */
  blockBytes: usize;
}

/** Bytes from one window that was written out to the next. */
@inline
function unfoldedBytes(t: FilterGradient): usize {
  return (<usize>(t.filterHeight * t.filterWidth * t.channels + 3) & ~3) << 2;
}

/** Writes the windows of `height` × `width` output pixels one behind the other: rows of 12 values, the next over the rest. */
function unfold(t: FilterGradient, from: usize, to: usize, height: i32, width: i32): void {
  const step = unfoldedBytes(t);
  const runBytes = <usize>(t.filterWidth * t.channels) << 2;
  const pixelBytes = <usize>(t.strideX * t.channels) << 2;
  const rows = t.filterHeight;
  const pitch = t.pitch;
  for (let p = 0; p < height; p++) {
    let pixel = from + <usize>(p * t.strideY) * pitch;
    for (let q = 0; q < width; q++, pixel += pixelBytes, to += step) {
      let source = pixel;
      let target = to;
      for (let row = 0; row < rows; row++, source += pitch, target += runBytes) {
        v128.store(target, v128.load(source));
        v128.store(target, v128.load(source, 16), 16);
        v128.store(target, v128.load(source, 32), 32);
      }
    }
  }
}

/** Sums of window × output gradient: blocks [sum][slice][group] start … end − 1 of them. */
export function filterGradientPartials(start: i32, end: i32, task: usize): void {
  const t = changetype<FilterGradient>(task);
  const across = ceilDivide(t.outWidth, t.tileWidth);
  const down = ceilDivide(t.outHeight, t.tileHeight);
  const isUnfolded = t.isUnfolded != 0;
  for (let block = start; block < end; block++) {
    const group = block % t.groups;
    const c0 = ((block / t.groups) % t.slices) * t.sliceChannels;
    const c1 = min(c0 + t.sliceChannels, t.channels);
    const sum = block / (t.groups * t.slices);
    const firstPanel = group * t.groupPanels;
    const panels = min(t.groupPanels, ceilDivide(t.outChannels, LANES) - firstPanel);
    // A row of the window, filled up to a multiple of four; what is computed from the filling is never read.
    const values = isUnfolded ? <i32>(unfoldedBytes(t) >> 2) : (t.filterWidth * (c1 - c0) + 3) & ~3;
    const rows = isUnfolded ? 1 : t.filterHeight;
    const pixelBytes = isUnfolded ? unfoldedBytes(t) : <usize>(t.strideX * (c1 - c0)) << 2;
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
      let windows = scratch;
      let gradient = scratch + <usize>windowRows * t.pitch + 16;
      if (isUnfolded) {
        windows = gradient;
        unfold(t, scratch, windows, p1 - p0, q1 - q0);
        gradient += <usize>(t.tileHeight * t.tileWidth) * pixelBytes + 16;
      }
      const gradientBytes = <usize>((p1 - p0) * (q1 - q0)) * PANEL_ROW;
      packGradient(t, gradient, image, p0, p1, q0, q1, firstPanel, panels);
      for (let y = 0; y < rows; y++) {
        const to = partial + <usize>(y * values) * PANEL_ROW;
        multiplyPanels(
          panels,
          values,
          windows + <usize>y * t.pitch,
          4,
          pixelBytes,
          task + offsetof<FilterGradient>(),
          isUnfolded ? 1 : p1 - p0,
          isUnfolded ? (p1 - p0) * (q1 - q0) : q1 - q0,
          gradient,
          PANEL_ROW,
          gradientBytes,
          to,
          PANEL_ROW,
          <usize>(values * rows) * PANEL_ROW,
          to,
          PANEL_ROW,
          <usize>(values * rows) * PANEL_ROW,
          panels * LANES,
          0,
        );
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
    const rowLines = t.isUnfolded ? t.filterWidth * width : (t.filterWidth * width + 3) & ~3;
    const panelLines = (t.filterHeight * rowLines + 3) & ~3;
    for (let first = 0; first < t.outChannels; first += LANES) {
      const panel = first / LANES;
      const group = panel / t.groupPanels;
      const line = (panel % t.groupPanels) * panelLines + y * rowLines + x * width + (channel - c0);
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
