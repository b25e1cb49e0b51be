// Windows over NHWC images: which pixels those of a tile of the output cover, and how these come to a thread's scratch.
/**
 * Which pixels of an image the windows of a tile cover. 32-bit words in this order; TypeScript writes them, and behind
 * those of the task the byte offsets of the runs (see multiply).
 */
@unmanaged
export class Windows {
  /** Panels, or partial sums. */
  buffer: usize;
  image: usize;
  /** Bytes from an image of the batch to the next; then from one of its rows to the next, and from pixel to pixel. */
  imageBytes: usize;
  rowBytes: usize;
  pixelBytes: usize;
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

@inline
export function ceilDivide(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}

// For the short pieces here loops are faster than memory.copy and memory.fill, which V8 calls out for.

@inline
function copy(to: usize, from: usize, bytes: usize): void {
  const end = to + bytes;
  for (; to + 64 <= end; to += 64, from += 64) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    v128.store(to, v128.load(from, 32), 32);
    v128.store(to, v128.load(from, 48), 48);
  }
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
export function gather(
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
  const bytes = <usize>(c1 - c0) << 2;
  const from = w.image + <usize>image * w.imageBytes + (<usize>c0 << 2);
  for (let row = 0; row < rows; row++, to += w.pitch) {
    const y = firstRow + row;
    if (y < 0 || y >= w.height) {
      zero(to, <usize>columns * bytes);
      continue;
    }
    zero(to, <usize>before * bytes);
    let source = from + <usize>y * w.rowBytes + <usize>(firstColumn + before) * w.pixelBytes;
    let target = to + <usize>before * bytes;
    if (bytes == w.pixelBytes) {
      copy(target, source, <usize>(until - before) * bytes);
      target += <usize>(until - before) * bytes;
    } else {
      for (let x = before; x < until; x++) {
        copy(target, source, bytes);
        source += w.pixelBytes;
        target += bytes;
      }
    }
    zero(target, <usize>(columns - until) * bytes);
  }
}
