// Rows of NHWC images as planes, one per channel, so that a vector is four neighbouring pixels of one channel; and a
// ring of the K rows that a window sees, each with zeros around it.

/** The geometry of the current call. Every thread has its own instance of the module. */
export let height: i32 = 0;
export let width: i32 = 0;
export let channels: i32 = 0;
export let kernelSize: i32 = 0;
/** Bytes of a row of pixels; from a plane to the next; from a row of the ring to the next. */
export let rowBytes: usize = 0;
export let plane: usize = 0;
export let slot: usize = 0;

/** Pixels that the loops may read or write beyond a row. */
const SPARE: i32 = 12;

/** `extraPlanes` have room in the ring beside the channels'. */
export function setGeometry(h: i32, w: i32, c: i32, k: i32, extraPlanes: i32): void {
  height = h;
  width = w;
  channels = c;
  kernelSize = k;
  rowBytes = <usize>(w * c) << 2;
  plane = <usize>((w + k + SPARE) & ~3) << 2;
  slot = plane * (c + extraPlanes);
}

/** Bytes of a table of K addresses. */
export function tableBytes(): usize {
  return ((<usize>kernelSize << 2) + 15) & ~15;
}

/** What a ReLU that gave `y` lets through of four values; all where `y` is null. */
@inline
function rectified(from: usize, y: usize): v128 {
  const values = v128.load(from);
  return y ? v128.and(values, f32x4.gt(v128.load(y), f32x4.splat(0))) : values;
}

/**
 * A row of pixels to planes, the first of which begins at `to`. Nothing else is written. Where `y` is not null, a row of
 * what a ReLU gave, they are gradients, and those of what it let through.
 */
export function unweave(from: usize, y: usize, to: usize): void {
  const end = to + (<usize>width << 2);
  if (channels == 3) {
    for (; to + 16 <= end; to += 16) {
      const v0 = rectified(from, y);
      const v1 = rectified(from + 16, y ? y + 16 : 0);
      const v2 = rectified(from + 32, y ? y + 32 : 0);
      if (y) y += 48;
      const red = v128.shuffle<f32>(v0, v1, 0, 3, 6, 6);
      const green = v128.shuffle<f32>(v0, v1, 1, 4, 7, 7);
      const blue = v128.shuffle<f32>(v0, v1, 2, 5, 5, 5);
      v128.store(to, v128.shuffle<f32>(red, v2, 0, 1, 2, 5));
      v128.store(to + plane, v128.shuffle<f32>(green, v2, 0, 1, 2, 6));
      v128.store(to + 2 * plane, v128.shuffle<f32>(blue, v2, 0, 1, 4, 7));
      from += 48;
    }
  }
  if (channels % 4 == 0 && !y) {
    const pixel = <usize>channels << 2;
    for (; to + 16 <= end; to += 16, from += 3 * pixel) {
      const last = from + pixel;
      for (let target = to; from < last; from += 16, target += 4 * plane) transpose(from, pixel, target);
    }
  }
  for (; to < end; to += 4) {
    for (let c = 0; c < channels; c++) {
      store<f32>(to + plane * c, !y || load<f32>(y) > 0 ? load<f32>(from) : 0);
      from += 4;
      if (y) y += 4;
    }
  }
}

/** Four channels of four pixels. */
@inline
function transpose(from: usize, pixel: usize, to: usize): void {
  const v0 = v128.load(from);
  const v1 = v128.load(from + pixel);
  const v2 = v128.load(from + 2 * pixel);
  const v3 = v128.load(from + 3 * pixel);
  const low01 = v128.shuffle<f32>(v0, v1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(v0, v1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(v2, v3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(v2, v3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to + plane, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(to + 2 * plane, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(to + 3 * plane, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}

/** Planes to a row of pixels, whose values are `lower` at least (ReLU: 0). */
export function weave(from: usize, to: usize, lower: f32): void {
  const end = from + (<usize>width << 2);
  if (channels == 3) {
    const least = f32x4.splat(lower);
    for (; from + 16 <= end; from += 16) {
      const red = f32x4.max(v128.load(from), least);
      const green = f32x4.max(v128.load(from + plane), least);
      const blue = f32x4.max(v128.load(from + 2 * plane), least);
      const low = v128.shuffle<f32>(red, green, 0, 4, 1, 5);
      const high = v128.shuffle<f32>(red, green, 2, 6, 3, 7);
      const middle = v128.shuffle<f32>(low, blue, 3, 5, 5, 5);
      const last = v128.shuffle<f32>(high, blue, 2, 3, 6, 7);
      v128.store(to, v128.shuffle<f32>(low, blue, 0, 1, 4, 2));
      v128.store(to, v128.shuffle<f32>(middle, high, 0, 1, 4, 5), 16);
      v128.store(to, v128.shuffle<f32>(last, last, 2, 0, 1, 3), 32);
      to += 48;
    }
  }
  for (; from < end; from += 4) {
    for (let c = 0; c < channels; c++) {
      store<f32>(to, max<f32>(load<f32>(from + plane * c), lower));
      to += 4;
    }
  }
}

/** Where in the ring a row of an image is kept, or the row of zeros for one outside the image. */
@inline
export function placeOf(row: i32, ring: usize, zeros: usize): usize {
  return <u32>row < <u32>height ? ring + slot * (row % kernelSize) : zeros;
}

/**
 * Writes to `table` where the K rows from `first` on are, and copies to the ring the last `fresh` of them, which are not there
 * yet. `before` pixels of zeros stay in front.
 * @param image the NHWC image's address
 * @param y of gradients, the address of what a ReLU gave, as `unweave` has it
 */
export function bring(
  image: usize,
  y: usize,
  first: i32,
  fresh: i32,
  before: i32,
  table: usize,
  ring: usize,
  zeros: usize,
): void {
  for (let u = 0; u < kernelSize; u++) {
    const row = first + u;
    const place = placeOf(row, ring, zeros);
    if (place != zeros && u >= kernelSize - fresh) {
      const rectified = y ? y + rowBytes * row : 0;
      unweave(image + rowBytes * row, rectified, place + (<usize>before << 2));
    }
    store<usize>(table + (<usize>u << 2), place);
  }
}
