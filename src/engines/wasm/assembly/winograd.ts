// 3×3 convolution of stride 1 and the gradient of its filter by Winograd's algorithm (Lavin and Gray 2016, "Fast
// Algorithms for Convolutional Neural Networks"): F(2×2, 3×3) and F(3×3, 2×2). Both take a patch of 4×4 pixels for each
// tile of 2×2 pixels of the output, and 16 products by channel pair where 36 stand in the definition:
//
//   y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A,   Bᵀ = ⎡1  0 −1  0⎤
//                                          ⎢0  1  1  0⎥
//                                          ⎢0 −1  1  0⎥
//                                          ⎣0  1  0 −1⎦
//
// At each of the 16 places of a transformed patch the products over channels (or over tiles, for the filter's gradient)
// are a product of matrices. The factors are 0, ±1 and ½, so that no digits are lost beyond those of the sums.
import { LANES, PANEL_ROW, packRow } from './gemm';
import { madd } from './lanes';
import { scratch } from './scratch';

/** Values of a transformed patch. */
const PLACES: i32 = 16;

/** 32-bit words in this order; TypeScript writes them. */
@unmanaged
class Task {
  /** Panels [panel][bias row, then place × channel][8], or partial sums [block][place][panel][channel, in sixes][8]. */
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
class Convolution extends Task {
  /** The least and the greatest output. */
  lower: f32;
  upper: f32;
}

@unmanaged
class FilterGradient extends Task {
  /** The tiles are shared out to so many sums, input channels to slices. */
  sums: i32;
  slices: i32;
  sliceChannels: i32;
}

@inline
function ceilDivide(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}

/** Transforms filters of panels start … end − 1. The depth runs over rows, columns and channels, in steps of values. */
export function winogradPanels(
  start: i32,
  end: i32,
  matrix: usize,
  bias: usize,
  panels: usize,
  columns: i32,
  columnStep: i32,
  rowStep: i32,
  tapStep: i32,
  channels: i32,
  channelStep: i32,
): void {
  const placeBytes = <usize>channels * PANEL_ROW;
  const panelBytes = PANEL_ROW + PLACES * placeBytes;
  for (let panel = start; panel < end; panel++) {
    const first = panel * LANES;
    const count = min(LANES, columns - first);
    let to = panels + <usize>panel * panelBytes;
    packRow(to, bias + (<usize>first << 2), 4, bias ? count : 0);
    to += PANEL_ROW;
    let from = matrix + ((first * columnStep) << 2);
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < 3; y++) {
        for (let x = 0; x < 3; x++) {
          const row = scratch + <usize>(y * 3 + x) * PANEL_ROW;
          packRow(row, from + ((y * rowStep + x * tapStep) << 2), columnStep << 2, count);
        }
      }
      transformFilter(scratch, to, placeBytes);
      transformFilter(scratch + 16, to + 16, placeBytes);
      to += PANEL_ROW;
      from += channelStep << 2;
    }
  }
}

/** G g Gᵀ of four filters: 3×3 rows of a panel from `from`, 4×4 to `to`. */
function transformFilter(from: usize, to: usize, placeBytes: usize): void {
  const half = f32x4.splat(0.5);
  for (let y: usize = 0; y < 4; y++) {
    let g0 = v128.load(from);
    let g1 = v128.load(from, 32);
    let g2 = v128.load(from, 64);
    if (y == 3) {
      g0 = v128.load(from, 192);
      g1 = v128.load(from, 224);
      g2 = v128.load(from, 256);
    } else if (y > 0) {
      g0 = f32x4.add(g0, v128.load(from, 192));
      g1 = f32x4.add(g1, v128.load(from, 224));
      g2 = f32x4.add(g2, v128.load(from, 256));
      const sign = f32x4.splat(y == 1 ? 0.5 : -0.5);
      g0 = f32x4.add(f32x4.mul(g0, half), f32x4.mul(v128.load(from, 96), sign));
      g1 = f32x4.add(f32x4.mul(g1, half), f32x4.mul(v128.load(from, 128), sign));
      g2 = f32x4.add(f32x4.mul(g2, half), f32x4.mul(v128.load(from, 160), sign));
    }
    const sum = f32x4.mul(f32x4.add(g0, g2), half);
    const middle = f32x4.mul(g1, half);
    v128.store(to, g0);
    v128.store(to + placeBytes, f32x4.add(sum, middle));
    v128.store(to + 2 * placeBytes, f32x4.sub(sum, middle));
    v128.store(to + 3 * placeBytes, g2);
    to += 4 * placeBytes;
  }
}

/** Bᵀ d B of the patches of `count` tiles, channels [c0, c1): to[place][tile][channel]. `patch` has room for one. */
function transformPatches(
  t: Task,
  first: i32,
  count: i32,
  pitch: i32,
  c0: i32,
  c1: i32,
  to: usize,
  patch: usize,
): void {
  const across = ceilDivide(t.outWidth, 2);
  const down = ceilDivide(t.outHeight, 2);
  const bytes = <usize>(c1 - c0) << 2;
  const placeBytes = <usize>pitch * bytes;
  for (let tile = first; tile < first + count; tile++, to += bytes) {
    const x = (tile % across) * 2 - t.left;
    const y = ((tile / across) % down) * 2 - t.top;
    const image = tile / (across * down);
    let from = t.image + ((((image * t.height + y) * t.width + x) * t.channels + c0) << 2);
    let pixel = <usize>t.channels << 2;
    let row = pixel * <usize>t.width;
    if (x < 0 || y < 0 || x + 4 > t.width || y + 4 > t.height) {
      copyPatch(t, patch, from, y, x, bytes);
      from = patch;
      pixel = bytes;
      row = 4 * bytes;
    }
    for (let at: usize = 0; at < bytes; at += 16)
      transformPatch(from + at, pixel, row, to + at, placeBytes);
  }
}

/** A patch whose pixels are not all in the image, with zeros for those outside. */
function copyPatch(t: Task, to: usize, from: usize, y: i32, x: i32, bytes: usize): void {
  const pixel = <usize>t.channels << 2;
  for (let i = 0; i < 4; i++, from += pixel * <usize>(t.width - 4)) {
    for (let j = 0; j < 4; j++, from += pixel) {
      const isInside = y + i >= 0 && y + i < t.height && x + j >= 0 && x + j < t.width;
      for (let at: usize = 0; at < bytes; at += 16, to += 16)
        v128.store(to, isInside ? v128.load(from + at) : i32x4.splat(0));
    }
  }
}

/** Four channels of one patch. One column of the result at a time: all 16 values would not fit the registers. */
@inline
function transformPatch(from: usize, pixel: usize, row: usize, to: usize, placeBytes: usize): void {
  // Columns 0 − 2, 1 + 2, 2 − 1, 1 − 3.
  transformColumn(from, from + 2 * pixel, false, row, to, placeBytes);
  transformColumn(from + pixel, from + 2 * pixel, true, row, to + placeBytes, placeBytes);
  transformColumn(from + 2 * pixel, from + pixel, false, row, to + 2 * placeBytes, placeBytes);
  transformColumn(from + pixel, from + 3 * pixel, false, row, to + 3 * placeBytes, placeBytes);
}

@inline
function transformColumn(a: usize, b: usize, isSum: bool, row: usize, to: usize, placeBytes: usize): void {
  const d0 = combine(a, b, isSum);
  const d1 = combine(a + row, b + row, isSum);
  const d2 = combine(a + 2 * row, b + 2 * row, isSum);
  const d3 = combine(a + 3 * row, b + 3 * row, isSum);
  v128.store(to, f32x4.sub(d0, d2));
  v128.store(to + 4 * placeBytes, f32x4.add(d1, d2));
  v128.store(to + 8 * placeBytes, f32x4.sub(d2, d1));
  v128.store(to + 12 * placeBytes, f32x4.sub(d1, d3));
}

@inline
function combine(a: usize, b: usize, isSum: bool): v128 {
  return isSum ? f32x4.add(v128.load(a), v128.load(b)) : f32x4.sub(v128.load(a), v128.load(b));
}

/** Convolves blocks of tiles, [block of tiles][group of panels] start … end − 1 of them. */
export function winogradConvolve(start: i32, end: i32, task: usize): void {
  const t = changetype<Convolution>(task);
  const bytes = <usize>t.channels << 2;
  const panelPlace = <usize>t.channels * PANEL_ROW;
  const panelBytes = PANEL_ROW + PLACES * panelPlace;
  const panels = ceilDivide(t.outChannels, LANES);
  const products = scratch;
  const patches = products + <usize>(PLACES * t.blockTiles) * PANEL_ROW;
  const patch = patches + <usize>(PLACES * t.blockTiles) * bytes;
  let transformed = -1;
  for (let item = start; item < end; item++) {
    const block = item / t.groups;
    const firstPanel = (item % t.groups) * t.groupPanels;
    const first = block * t.blockTiles;
    const count = min(t.blockTiles, t.tiles - first);
    // Tiles beyond the last are computed of whatever is there, and not stored.
    const padded = ceilDivide(count, 6) * 6;
    if (block != transformed) transformPatches(t, first, count, padded, 0, t.channels, patches, patch);
    transformed = block;
    for (let panel = firstPanel; panel < min(panels, firstPanel + t.groupPanels); panel++) {
      const filters = t.buffer + <usize>panel * panelBytes;
      for (let place = 0; place < PLACES; place++) {
        multiplyPatches(
          count,
          patches + <usize>(place * padded) * bytes,
          bytes,
          filters + PANEL_ROW + <usize>place * panelPlace,
          products + <usize>(place * padded) * PANEL_ROW,
        );
      }
      const channel = panel * LANES;
      transformProducts(t, first, count, padded, products, filters, channel);
      if (channel + 4 < t.outChannels)
        transformProducts(t, first, count, padded, products + 16, filters + 16, channel + 4);
    }
  }
}

/** c[tile][8] = Σ a[tile, channel] · panel[channel][8] for tiles in sixes: 12 of 15 vector registers hold sums. */
function multiplyPatches(tiles: i32, a: usize, bytes: usize, panel: usize, c: usize): void {
  const panelEnd = panel + (bytes << 3);
  for (let left = tiles; left > 0; left -= 6) {
    let c00 = i32x4.splat(0);
    let c01 = i32x4.splat(0);
    let c10 = i32x4.splat(0);
    let c11 = i32x4.splat(0);
    let c20 = i32x4.splat(0);
    let c21 = i32x4.splat(0);
    let c30 = i32x4.splat(0);
    let c31 = i32x4.splat(0);
    let c40 = i32x4.splat(0);
    let c41 = i32x4.splat(0);
    let c50 = i32x4.splat(0);
    let c51 = i32x4.splat(0);
    let a0 = a;
    let a1 = a0 + bytes;
    let a2 = a1 + bytes;
    let a3 = a2 + bytes;
    let a4 = a3 + bytes;
    let a5 = a4 + bytes;
    for (let b = panel; b < panelEnd; b += PANEL_ROW) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let value = v128.load32_splat(a0);
      c00 = madd(c00, value, b0);
      c01 = madd(c01, value, b1);
      value = v128.load32_splat(a1);
      c10 = madd(c10, value, b0);
      c11 = madd(c11, value, b1);
      value = v128.load32_splat(a2);
      c20 = madd(c20, value, b0);
      c21 = madd(c21, value, b1);
      value = v128.load32_splat(a3);
      c30 = madd(c30, value, b0);
      c31 = madd(c31, value, b1);
      value = v128.load32_splat(a4);
      c40 = madd(c40, value, b0);
      c41 = madd(c41, value, b1);
      value = v128.load32_splat(a5);
      c50 = madd(c50, value, b0);
      c51 = madd(c51, value, b1);
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      a4 += 4;
      a5 += 4;
    }
    v128.store(c, c00, 0);
    v128.store(c, c01, 16);
    v128.store(c, c10, 32);
    v128.store(c, c11, 48);
    v128.store(c, c20, 64);
    v128.store(c, c21, 80);
    v128.store(c, c30, 96);
    v128.store(c, c31, 112);
    v128.store(c, c40, 128);
    v128.store(c, c41, 144);
    v128.store(c, c50, 160);
    v128.store(c, c51, 176);
    a += 6 * bytes;
    c += 6 * PANEL_ROW;
  }
}

/** clamp(bias + Aᵀ m A) of the products [place][tile][8], four channels of them. */
function transformProducts(
  t: Convolution,
  first: i32,
  count: i32,
  pitch: i32,
  products: usize,
  biases: usize,
  channel: i32,
): void {
  const across = ceilDivide(t.outWidth, 2);
  const down = ceilDivide(t.outHeight, 2);
  const placeBytes = <usize>pitch * PANEL_ROW;
  const bias = v128.load(biases);
  const lower = f32x4.splat(t.lower);
  const upper = f32x4.splat(t.upper);
  for (let tile = first; tile < first + count; tile++, products += PANEL_ROW) {
    const q = (tile % across) * 2;
    const p = ((tile / across) % down) * 2;
    const image = <usize>(tile / (across * down));
    let to =
      t.output + image * t.imageStep + <usize>p * t.rowStep + <usize>q * t.pixelStep + (<usize>channel << 2);
    // Aᵀ m first: rows 0 + 1 + 2 and 1 − 2 − 3 of each column.
    const m10 = v128.load(products + 4 * placeBytes);
    const m20 = v128.load(products + 8 * placeBytes);
    const a00 = f32x4.add(f32x4.add(v128.load(products), m10), m20);
    const a10 = f32x4.sub(f32x4.sub(m10, m20), v128.load(products + 12 * placeBytes));
    const m11 = v128.load(products + 5 * placeBytes);
    const m21 = v128.load(products + 9 * placeBytes);
    const a01 = f32x4.add(f32x4.add(v128.load(products + placeBytes), m11), m21);
    const a11 = f32x4.sub(f32x4.sub(m11, m21), v128.load(products + 13 * placeBytes));
    const m12 = v128.load(products + 6 * placeBytes);
    const m22 = v128.load(products + 10 * placeBytes);
    const a02 = f32x4.add(f32x4.add(v128.load(products + 2 * placeBytes), m12), m22);
    const a12 = f32x4.sub(f32x4.sub(m12, m22), v128.load(products + 14 * placeBytes));
    const m13 = v128.load(products + 7 * placeBytes);
    const m23 = v128.load(products + 11 * placeBytes);
    const a03 = f32x4.add(f32x4.add(v128.load(products + 3 * placeBytes), m13), m23);
    const a13 = f32x4.sub(f32x4.sub(m13, m23), v128.load(products + 15 * placeBytes));
    const top0 = f32x4.add(f32x4.add(f32x4.add(bias, a00), a01), a02);
    const top1 = f32x4.sub(f32x4.sub(f32x4.add(bias, a01), a02), a03);
    const bottom0 = f32x4.add(f32x4.add(f32x4.add(bias, a10), a11), a12);
    const bottom1 = f32x4.sub(f32x4.sub(f32x4.add(bias, a11), a12), a13);
    const isWide = q + 1 < t.outWidth;
    v128.store(to, f32x4.min(f32x4.max(top0, lower), upper));
    if (isWide) v128.store(to + t.pixelStep, f32x4.min(f32x4.max(top1, lower), upper));
    if (p + 1 < t.outHeight) {
      to += t.rowStep;
      v128.store(to, f32x4.min(f32x4.max(bottom0, lower), upper));
      if (isWide) v128.store(to + t.pixelStep, f32x4.min(f32x4.max(bottom1, lower), upper));
    }
  }
}

/** Partial sums of a panel: [channel][8], as addProducts writes them. */
@inline
function partialPanelBytes(t: FilterGradient): usize {
  return <usize>(ceilDivide(t.sliceChannels, 6) * 6) * PANEL_ROW;
}

/** Sums over tiles of patches × transformed output gradients: blocks [sum][slice][group] start … end − 1 of them. */
export function winogradGradientPartials(start: i32, end: i32, task: usize): void {
  const t = changetype<FilterGradient>(task);
  const sliceBytes = <usize>t.sliceChannels << 2;
  const patches = scratch;
  const gradients = patches + <usize>(PLACES * t.blockTiles) * sliceBytes;
  const patch = gradients + <usize>(PLACES * t.groupPanels * t.blockTiles) * PANEL_ROW;
  const partialPanel = partialPanelBytes(t);
  const blockBytes = <usize>(PLACES * t.groupPanels) * partialPanel;
  for (let block = start; block < end; block++) {
    const group = block % t.groups;
    const c0 = ((block / t.groups) % t.slices) * t.sliceChannels;
    const c1 = min(c0 + t.sliceChannels, t.channels);
    const sum = block / (t.groups * t.slices);
    const bytes = <usize>(c1 - c0) << 2;
    const firstPanel = group * t.groupPanels;
    const panels = min(t.groupPanels, ceilDivide(t.outChannels, LANES) - firstPanel);
    const partial = t.buffer + <usize>block * blockBytes;
    memory.fill(partial, 0, blockBytes);
    const last = <i32>((<i64>(sum + 1) * t.tiles) / t.sums);
    for (let first = <i32>((<i64>sum * t.tiles) / t.sums); first < last; first += t.blockTiles) {
      const count = min(t.blockTiles, last - first);
      const panelBytes = <usize>count * PANEL_ROW;
      transformPatches(t, first, count, count, c0, c1, patches, patch);
      for (let panel = 0; panel < panels; panel++) {
        const channel = (firstPanel + panel) * LANES;
        const to = gradients + <usize>panel * panelBytes;
        transformGradients(t, first, count, channel, to, <usize>panels * panelBytes);
      }
      for (let place = 0; place < PLACES; place++) {
        for (let panel = 0; panel < panels; panel++) {
          addProducts(
            c1 - c0,
            patches + <usize>(place * count) * bytes,
            bytes,
            count,
            gradients + <usize>(place * panels + panel) * panelBytes,
            partial + <usize>(place * t.groupPanels + panel) * partialPanel,
          );
        }
      }
    }
  }
}

/** sums[channel][8] += Σ a[tile, channel] · panel[tile][8] over tiles, for channels in sixes. */
function addProducts(channels: i32, a: usize, bytes: usize, tiles: i32, panel: usize, sums: usize): void {
  const panelEnd = panel + <usize>tiles * PANEL_ROW;
  for (let left = channels; left > 0; left -= 6) {
    let c00 = v128.load(sums, 0);
    let c01 = v128.load(sums, 16);
    let c10 = v128.load(sums, 32);
    let c11 = v128.load(sums, 48);
    let c20 = v128.load(sums, 64);
    let c21 = v128.load(sums, 80);
    let c30 = v128.load(sums, 96);
    let c31 = v128.load(sums, 112);
    let c40 = v128.load(sums, 128);
    let c41 = v128.load(sums, 144);
    let c50 = v128.load(sums, 160);
    let c51 = v128.load(sums, 176);
    let from = a;
    for (let b = panel; b < panelEnd; b += PANEL_ROW) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let value = v128.load32_splat(from);
      c00 = madd(c00, value, b0);
      c01 = madd(c01, value, b1);
      value = v128.load32_splat(from, 4);
      c10 = madd(c10, value, b0);
      c11 = madd(c11, value, b1);
      value = v128.load32_splat(from, 8);
      c20 = madd(c20, value, b0);
      c21 = madd(c21, value, b1);
      value = v128.load32_splat(from, 12);
      c30 = madd(c30, value, b0);
      c31 = madd(c31, value, b1);
      value = v128.load32_splat(from, 16);
      c40 = madd(c40, value, b0);
      c41 = madd(c41, value, b1);
      value = v128.load32_splat(from, 20);
      c50 = madd(c50, value, b0);
      c51 = madd(c51, value, b1);
      from += bytes;
    }
    v128.store(sums, c00, 0);
    v128.store(sums, c01, 16);
    v128.store(sums, c10, 32);
    v128.store(sums, c11, 48);
    v128.store(sums, c20, 64);
    v128.store(sums, c21, 80);
    v128.store(sums, c30, 96);
    v128.store(sums, c31, 112);
    v128.store(sums, c40, 128);
    v128.store(sums, c41, 144);
    v128.store(sums, c50, 160);
    v128.store(sums, c51, 176);
    a += 24;
    sums += 6 * PANEL_ROW;
  }
}

/** 2 G g (2 G)ᵀ of 2×2 output gradients, but rows and columns 0 and 3 once, eight channels: to[place][tile][8]. */
function transformGradients(
  t: Task,
  first: i32,
  count: i32,
  channel: i32,
  to: usize,
  placeBytes: usize,
): void {
  const across = ceilDivide(t.outWidth, 2);
  const down = ceilDivide(t.outHeight, 2);
  for (let tile = first; tile < first + count; tile++, to += PANEL_ROW) {
    const q = (tile % across) * 2;
    const p = ((tile / across) % down) * 2;
    const image = <usize>(tile / (across * down));
    const from = t.output + image * t.imageStep + <usize>p * t.rowStep + <usize>q * t.pixelStep;
    const isWide = q + 1 < t.outWidth;
    const isHigh = p + 1 < t.outHeight;
    for (let half = 0; half < LANES; half += 4) {
      const at = from + (<usize>(channel + half) << 2);
      const isThere = channel + half < t.outChannels;
      const g00 = loadIf(isThere, at);
      const g01 = loadIf(isThere && isWide, at + t.pixelStep);
      const g10 = loadIf(isThere && isHigh, at + t.rowStep);
      const g11 = loadIf(isThere && isWide && isHigh, at + t.rowStep + t.pixelStep);
      const place = to + (<usize>half << 2);
      transformGradientRow(g00, g01, place, placeBytes);
      const sum0 = f32x4.add(g00, g10);
      const sum1 = f32x4.add(g01, g11);
      transformGradientRow(sum0, sum1, place + 4 * placeBytes, placeBytes);
      const difference0 = f32x4.sub(g00, g10);
      const difference1 = f32x4.sub(g01, g11);
      transformGradientRow(difference0, difference1, place + 8 * placeBytes, placeBytes);
      transformGradientRow(g10, g11, place + 12 * placeBytes, placeBytes);
    }
  }
}

@inline
function loadIf(isThere: bool, from: usize): v128 {
  return isThere ? v128.load(from) : i32x4.splat(0);
}

@inline
function transformGradientRow(g0: v128, g1: v128, to: usize, placeBytes: usize): void {
  v128.store(to, g0);
  v128.store(to + placeBytes, f32x4.add(g0, g1));
  v128.store(to + 2 * placeBytes, f32x4.sub(g0, g1));
  v128.store(to + 3 * placeBytes, g1);
}

/** Aᵀ m A of the partial sums, added in order, for input channels start … end − 1: gradient[3][3][channel][output]. */
export function winogradGradientTotal(start: i32, end: i32, task: usize, gradient: usize): void {
  const t = changetype<FilterGradient>(task);
  const partialPanel = partialPanelBytes(t);
  const placeBytes = <usize>t.groupPanels * partialPanel;
  const blockBytes = PLACES * placeBytes;
  const sumBytes = <usize>(t.slices * t.groups) * blockBytes;
  const tapBytes = <usize>(t.channels * t.outChannels) << 2;
  for (let channel = start; channel < end; channel++) {
    const slice = channel / t.sliceChannels;
    const line = <usize>(channel % t.sliceChannels) * PANEL_ROW;
    for (let first = 0; first < t.outChannels; first += 4) {
      const panel = first / LANES;
      const block = slice * t.groups + panel / t.groupPanels;
      const from =
        t.buffer +
        <usize>block * blockBytes +
        <usize>(panel % t.groupPanels) * partialPanel +
        line +
        (<usize>(first % LANES) << 2);
      for (let place = 0; place < PLACES; place++) {
        let at = from + <usize>place * placeBytes;
        let total = v128.load(at);
        for (let sum = 1; sum < t.sums; sum++) {
          at += sumBytes;
          total = f32x4.add(total, v128.load(at));
        }
        v128.store(scratch + (<usize>place << 4), total);
      }
      const to = gradient + (<usize>(channel * t.outChannels + first) << 2);
      // First down the columns, in place: rows 0 … 2 of the 4×4 values become those of Aᵀ m. Here are the halves of G.
      const half = f32x4.splat(0.5);
      for (let x: usize = 0; x < 64; x += 16) {
        const m0 = v128.load(scratch + x);
        const m1 = v128.load(scratch + x, 64);
        const m2 = v128.load(scratch + x, 128);
        const sum = f32x4.mul(f32x4.add(m1, m2), half);
        v128.store(scratch + x, f32x4.add(m0, sum));
        v128.store(scratch + x, f32x4.mul(f32x4.sub(m1, m2), half), 64);
        v128.store(scratch + x, f32x4.sub(sum, v128.load(scratch + x, 192)), 128);
      }
      for (let y: usize = 0; y < 3; y++) {
        const row = scratch + 64 * y;
        const m1 = v128.load(row, 16);
        const m2 = v128.load(row, 32);
        const sum = f32x4.mul(f32x4.add(m1, m2), half);
        const tap = to + 3 * y * tapBytes;
        v128.store(tap, f32x4.add(v128.load(row), sum));
        v128.store(tap + tapBytes, f32x4.mul(f32x4.sub(m1, m2), half));
        v128.store(tap + 2 * tapBytes, f32x4.sub(sum, v128.load(row, 48)));
      }
    }
  }
}
