// An involution whose generator has one hidden value a and one group: the kernel of a pixel is b1 + a·w1, so
//
//   y = x⋆b1 + a·(x⋆w1),   a = max(γn + β, 0),   n = (x·w0 + centre) · deviation                     (NHWC, strides 1)
//
// two correlations with fixed stencils. The kernels of the pixels, K·K times the size of a channel, never exist, nor
// do their gradients; with s = Σ over channels of dy · (x seen through a tap):
//
//   db1 = Σ s      dw1 = Σ a·s      da = Σ over channels of dy · (x⋆w1), where a > 0      dβ = Σ da      dγ = Σ da·n
//   dz = (da − (dβ + n·dγ) · share) · γ · deviation      dw0 = Σ dz·x      dx = dz·w0 + dy⋆ᵀb1 + (a·dy)⋆ᵀw1
//
// The stencils are the same for all pixels and channels, so a row of pixels is simply a row of W·C values, sixteen of
// which are taken at a time. Rows are copied to scratch with zeros before and after them; the K rows that a result
// sees are kept there as long as they are seen. An item is a row, or a pixel where pixels are taken one by one.

import { loadLanes, madd, storeLanes, sumLanes, sumOf } from './lanes';
import { scratch } from './scratch';

// The geometry of the current call. Every thread has its own instance of the module.
let height: i32;
let width: i32;
let channels: i32;
let kernelSize: i32;
/** Bytes of a pixel, of a row of pixels, of a row in scratch. */
let pixel: usize;
let rowBytes: usize;
let slot: usize;
/** The generator: a vector of weights, and the rest, which is one value each. */
let w0: usize;
let centre: f32;
let deviation: f32;
let gamma: f32;
let beta: f32;

function setGeometry(h: i32, w: i32, c: i32, k: i32): void {
  height = h;
  width = w;
  channels = c;
  kernelSize = k;
  pixel = <usize>c << 2;
  rowBytes = pixel * w;
  // Room for the padding and for the four pixels and the vector that are read or written beyond the last pixel.
  slot = (pixel * (w + k + 4) + 47) & ~15;
}

function setGenerator(weights: usize, c: f32, d: f32, g: f32, b: f32): void {
  w0 = weights;
  centre = c;
  deviation = d;
  gamma = g;
  beta = b;
}

/** x·w0 of four pixels, or of fewer: those beyond `count` repeat. */
@inline
function project(x: usize, count: i32): v128 {
  const x1 = count > 1 ? x + pixel : x;
  const x2 = count > 2 ? x1 + pixel : x1;
  const x3 = count > 3 ? x2 + pixel : x2;
  if (channels <= 4) {
    const w = loadLanes(w0, channels);
    return sumLanes(
      f32x4.mul(v128.load(x), w),
      f32x4.mul(v128.load(x1), w),
      f32x4.mul(v128.load(x2), w),
      f32x4.mul(v128.load(x3), w),
      channels,
    );
  }
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  for (let c = 0; c < channels; c += 4) {
    const lanes = min(4, channels - c);
    const at = <usize>c << 2;
    const w = loadLanes(w0 + at, lanes);
    sum0 = madd(sum0, loadLanes(x + at, lanes), w);
    sum1 = madd(sum1, loadLanes(x1 + at, lanes), w);
    sum2 = madd(sum2, loadLanes(x2 + at, lanes), w);
    sum3 = madd(sum3, loadLanes(x3 + at, lanes), w);
  }
  return sumLanes(sum0, sum1, sum2, sum3, 4);
}

@inline
function normalise(projection: v128): v128 {
  return f32x4.mul(f32x4.add(projection, f32x4.splat(centre)), f32x4.splat(deviation));
}

@inline
function activate(normal: v128): v128 {
  const value = f32x4.add(f32x4.mul(normal, f32x4.splat(gamma)), f32x4.splat(beta));
  return f32x4.max(value, f32x4.splat(0));
}

/** Writes each lane once for every channel. What is written beyond is overwritten by the pixel behind. */
@inline
function spread(to: usize, lanes: v128): void {
  spreadOne(to, v128.shuffle<f32>(lanes, lanes, 0, 0, 0, 0));
  spreadOne(to + pixel, v128.shuffle<f32>(lanes, lanes, 1, 1, 1, 1));
  spreadOne(to + 2 * pixel, v128.shuffle<f32>(lanes, lanes, 2, 2, 2, 2));
  spreadOne(to + 3 * pixel, v128.shuffle<f32>(lanes, lanes, 3, 3, 3, 3));
}

@inline
function spreadOne(to: usize, value: v128): void {
  v128.store(to, value);
  for (let c = 4; c < channels; c += 4) v128.store(to + (<usize>c << 2), value);
}

/** The hidden value a of a row of x, once for every channel. */
function spreadHidden(x: usize, to: usize): void {
  for (let j = 0; j < width; j += 4) {
    spread(to, activate(normalise(project(x, min(4, width - j)))));
    x += 4 * pixel;
    to += 4 * pixel;
  }
}

/** Copies a row to scratch; what lies around it there stays as it is. */
@inline
function copyRow(from: usize, to: usize): void {
  let at: usize = 0;
  for (; at + 16 <= rowBytes; at += 16) v128.store(to + at, v128.load(from + at));
  for (; at < rowBytes; at += 4) store<f32>(to + at, load<f32>(from + at));
}

/** For each chunk Σ and Σ of the squares of x·w0, in double precision. An item is a pixel. */
export function rankOneSums(
  start: i32,
  end: i32,
  x: usize,
  weights: usize,
  sums: usize,
  channelCount: i32,
  grain: i32,
): void {
  setGeometry(1, end - start, channelCount, 1);
  w0 = weights;
  let from = x + pixel * start;
  let sum = f64x2.splat(0);
  let squares = f64x2.splat(0);
  let n = start;
  for (; n + 4 <= end; n += 4) {
    const z = project(from, 4);
    const low = f64x2.promote_low_f32x4(z);
    const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(z, z, 2, 3, 0, 1));
    sum = f64x2.add(sum, f64x2.add(low, high));
    squares = f64x2.add(squares, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
    from += 4 * pixel;
  }
  let lastSum: f64 = 0;
  let lastSquares: f64 = 0;
  for (; n < end; n++) {
    const z = <f64>f32x4.extract_lane(project(from, 1), 0);
    lastSum += z;
    lastSquares += z * z;
    from += pixel;
  }
  const to = sums + (<usize>(start / grain) << 4);
  store<f64>(to, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1) + lastSum);
  store<f64>(to, f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1) + lastSquares, 8);
}

export function rankOneInvolution(
  start: i32,
  end: i32,
  x: usize,
  y: usize,
  h: i32,
  w: i32,
  c: i32,
  k: i32,
  padTop: i32,
  padLeft: i32,
  weights: usize,
  centre_: f32,
  deviation_: f32,
  gamma_: f32,
  beta_: f32,
  w1: usize,
  b1: usize,
): void {
  setGeometry(h, w, c, k);
  setGenerator(weights, centre_, deviation_, gamma_, beta_);
  // In scratch: the K addresses of the rows in sight, a row of zeros, the K rows, a row of hidden values.
  const table = scratch;
  const zeros = scratch + ((<usize>(kernelSize * 4) + 15) & ~15);
  const ring = zeros + slot;
  const hidden = ring + slot * kernelSize;
  memory.fill(zeros, 0, slot * (1 + kernelSize));

  for (let row = start; row < end; row++) {
    const i = row % height;
    const isNew = row == start || i == 0;
    bring(x, row, i - padTop, isNew, padLeft, table, zeros, ring);
    spreadHidden(x + rowBytes * row, hidden);
    blend(table, hidden, w1, b1, y + rowBytes * row);
  }
}

/**
 * Sees to it that the K rows from `first` on of the image that `row` belongs to are in the ring, and writes their
 * addresses to the table. All of them are copied for a row whose predecessor was not seen, the last one otherwise.
 */
function bring(
  x: usize,
  row: i32,
  first: i32,
  all: bool,
  padLeft: i32,
  table: usize,
  zeros: usize,
  ring: usize,
): void {
  const image = x + rowBytes * (row - (row % height));
  for (let u = 0; u < kernelSize; u++) {
    const source = first + u;
    const inside = <u32>source < <u32>height;
    const place = inside ? ring + slot * (source % kernelSize) : zeros;
    if (inside && (all || u == kernelSize - 1)) copyRow(image + rowBytes * source, place + pixel * padLeft);
    store<usize>(table + (<usize>u << 2), place);
  }
}

/** A row of y = x⋆b1 + a·(x⋆w1). */
function blend(table: usize, hidden: usize, w1: usize, b1: usize, y: usize): void {
  const step = pixel;
  const tableEnd = table + (<usize>kernelSize << 2);
  const columnsBytes = step * kernelSize;
  let at: usize = 0;
  for (; at + 64 <= rowBytes; at += 64) {
    let plain0 = f32x4.splat(0);
    let plain1 = plain0;
    let plain2 = plain0;
    let plain3 = plain0;
    let scaled0 = plain0;
    let scaled1 = plain0;
    let scaled2 = plain0;
    let scaled3 = plain0;
    let k: usize = 0;
    for (let entry = table; entry < tableEnd; entry += 4) {
      let from = load<usize>(entry) + at;
      const last = from + columnsBytes;
      for (; from < last; from += step) {
        const b = v128.load32_splat(b1 + k);
        const w = v128.load32_splat(w1 + k);
        k += 4;
        let value = v128.load(from);
        plain0 = madd(plain0, value, b);
        scaled0 = madd(scaled0, value, w);
        value = v128.load(from, 16);
        plain1 = madd(plain1, value, b);
        scaled1 = madd(scaled1, value, w);
        value = v128.load(from, 32);
        plain2 = madd(plain2, value, b);
        scaled2 = madd(scaled2, value, w);
        value = v128.load(from, 48);
        plain3 = madd(plain3, value, b);
        scaled3 = madd(scaled3, value, w);
      }
    }
    v128.store(y + at, madd(plain0, scaled0, v128.load(hidden + at)));
    v128.store(y + at, madd(plain1, scaled1, v128.load(hidden + at, 16)), 16);
    v128.store(y + at, madd(plain2, scaled2, v128.load(hidden + at, 32)), 32);
    v128.store(y + at, madd(plain3, scaled3, v128.load(hidden + at, 48)), 48);
  }
  for (; at < rowBytes; at += 16) {
    let plain = f32x4.splat(0);
    let scaled = plain;
    let k: usize = 0;
    for (let entry = table; entry < tableEnd; entry += 4) {
      let from = load<usize>(entry) + at;
      const last = from + columnsBytes;
      for (; from < last; from += step) {
        const value = v128.load(from);
        plain = madd(plain, value, v128.load32_splat(b1 + k));
        scaled = madd(scaled, value, v128.load32_splat(w1 + k));
        k += 4;
      }
    }
    const sum = madd(plain, scaled, v128.load(hidden + at));
    storeLanes(y + at, sum, min(4, <i32>(rowBytes - at) >> 2));
  }
}

/** da of all pixels, and for each chunk the sums db1 [K·K], dw1 [K·K], dβ, dγ. */
export function rankOneInvolutionGrad(
  start: i32,
  end: i32,
  dy: usize,
  x: usize,
  da: usize,
  sums: usize,
  grain: i32,
  h: i32,
  w: i32,
  c: i32,
  k: i32,
  padTop: i32,
  padLeft: i32,
  weights: usize,
  centre_: f32,
  deviation_: f32,
  gamma_: f32,
  beta_: f32,
  w1: usize,
): void {
  setGeometry(h, w, c, k);
  setGenerator(weights, centre_, deviation_, gamma_, beta_);
  // In scratch: the table, the sums as vectors, a row of zeros, the K rows, rows of dy, a·dy and dy·(x⋆w1).
  const taps = kernelSize * kernelSize;
  const table = scratch;
  const vectors = scratch + ((<usize>(kernelSize * 4) + 15) & ~15);
  const zeros = vectors + (<usize>taps << 5);
  const ring = zeros + slot;
  const gradient = ring + slot * kernelSize;
  const scaled = gradient + slot;
  const product = scaled + slot;
  memory.fill(vectors, 0, product + slot - vectors);
  let betaSum = f32x4.splat(0);
  let gammaSum = f32x4.splat(0);

  for (let row = start; row < end; row++) {
    const i = row % height;
    const isNew = row == start || i == 0;
    bring(x, row, i - padTop, isNew, padLeft, table, zeros, ring);
    const image = x + rowBytes * row;
    copyRow(dy + rowBytes * row, gradient);
    spreadHidden(image, scaled);
    for (let at: usize = 0; at < rowBytes; at += 16)
      v128.store(scaled + at, f32x4.mul(v128.load(scaled + at), v128.load(gradient + at)));
    correlate(table, gradient, scaled, w1, vectors, product);

    let from = image;
    let to = da + (<usize>(row * width) << 2);
    let values = product;
    for (let j = 0; j < width; j += 4) {
      const count = min(4, width - j);
      const normal = normalise(project(from, count));
      const isActive = f32x4.gt(activate(normal), f32x4.splat(0));
      // Beyond the last pixel the product is 0.
      const change = v128.and(sumPixels(values), isActive);
      betaSum = f32x4.add(betaSum, change);
      gammaSum = madd(gammaSum, change, normal);
      storeLanes(to, change, count);
      from += 4 * pixel;
      values += 4 * pixel;
      to += 16;
    }
  }

  const sum = sums + (<usize>((start / grain) * (2 * taps + 2)) << 2);
  for (let n: usize = 0; n < <usize>(2 * taps); n++) store<f32>(sum + (n << 2), sumOf(v128.load(vectors + (n << 4))));
  store<f32>(sum + (<usize>taps << 3), sumOf(betaSum));
  store<f32>(sum + (<usize>taps << 3), sumOf(gammaSum), 4);
}

/** The sums over channels of four pixels. */
@inline
function sumPixels(values: usize): v128 {
  if (channels <= 4) {
    return sumLanes(
      v128.load(values),
      v128.load(values + pixel),
      v128.load(values + 2 * pixel),
      v128.load(values + 3 * pixel),
      channels,
    );
  }
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  for (let c = 0; c < channels; c += 4) {
    const lanes = min(4, channels - c);
    const from = values + (<usize>c << 2);
    sum0 = f32x4.add(sum0, loadLanes(from, lanes));
    sum1 = f32x4.add(sum1, loadLanes(from + pixel, lanes));
    sum2 = f32x4.add(sum2, loadLanes(from + 2 * pixel, lanes));
    sum3 = f32x4.add(sum3, loadLanes(from + 3 * pixel, lanes));
  }
  return sumLanes(sum0, sum1, sum2, sum3, 4);
}

/** A row of dy·(x⋆w1), and what it adds to the vectors of db1 and, behind them, dw1. */
function correlate(table: usize, gradient: usize, scaled: usize, w1: usize, vectors: usize, product: usize): void {
  const step = pixel;
  const tableEnd = table + (<usize>kernelSize << 2);
  const columnsBytes = step * kernelSize;
  const scaledVectors = vectors + (<usize>(kernelSize * kernelSize) << 4);
  let at: usize = 0;
  for (; at + 64 <= rowBytes; at += 64) {
    const gradient0 = v128.load(gradient + at);
    const gradient1 = v128.load(gradient + at, 16);
    const gradient2 = v128.load(gradient + at, 32);
    const gradient3 = v128.load(gradient + at, 48);
    const scaled0 = v128.load(scaled + at);
    const scaled1 = v128.load(scaled + at, 16);
    const scaled2 = v128.load(scaled + at, 32);
    const scaled3 = v128.load(scaled + at, 48);
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    let k: usize = 0;
    for (let entry = table; entry < tableEnd; entry += 4) {
      let from = load<usize>(entry) + at;
      const last = from + columnsBytes;
      for (; from < last; from += step) {
        const w = v128.load32_splat(w1 + k);
        let plain = v128.load(vectors + 4 * k);
        let weighted = v128.load(scaledVectors + 4 * k);
        let value = v128.load(from);
        sum0 = madd(sum0, value, w);
        plain = madd(plain, value, gradient0);
        weighted = madd(weighted, value, scaled0);
        value = v128.load(from, 16);
        sum1 = madd(sum1, value, w);
        plain = madd(plain, value, gradient1);
        weighted = madd(weighted, value, scaled1);
        value = v128.load(from, 32);
        sum2 = madd(sum2, value, w);
        plain = madd(plain, value, gradient2);
        weighted = madd(weighted, value, scaled2);
        value = v128.load(from, 48);
        sum3 = madd(sum3, value, w);
        plain = madd(plain, value, gradient3);
        weighted = madd(weighted, value, scaled3);
        v128.store(vectors + 4 * k, plain);
        v128.store(scaledVectors + 4 * k, weighted);
        k += 4;
      }
    }
    v128.store(product + at, f32x4.mul(sum0, gradient0));
    v128.store(product + at, f32x4.mul(sum1, gradient1), 16);
    v128.store(product + at, f32x4.mul(sum2, gradient2), 32);
    v128.store(product + at, f32x4.mul(sum3, gradient3), 48);
  }
  for (; at < rowBytes; at += 16) {
    const plainGradient = v128.load(gradient + at);
    const scaledGradient = v128.load(scaled + at);
    let sum = f32x4.splat(0);
    let k: usize = 0;
    for (let entry = table; entry < tableEnd; entry += 4) {
      let from = load<usize>(entry) + at;
      const last = from + columnsBytes;
      for (; from < last; from += step) {
        const value = v128.load(from);
        sum = madd(sum, value, v128.load32_splat(w1 + k));
        v128.store(vectors + 4 * k, madd(v128.load(vectors + 4 * k), value, plainGradient));
        v128.store(scaledVectors + 4 * k, madd(v128.load(scaledVectors + 4 * k), value, scaledGradient));
        k += 4;
      }
    }
    v128.store(product + at, f32x4.mul(sum, plainGradient));
  }
}

/** Makes dz of da, in place, and for each chunk the sums dw0 [C] and Σ dz. An item is a pixel. */
export function rankOneReducedGrad(
  start: i32,
  end: i32,
  x: usize,
  da: usize,
  sums: usize,
  grain: i32,
  c: i32,
  weights: usize,
  centre_: f32,
  deviation_: f32,
  gamma_: f32,
  dbeta: f32,
  dgamma: f32,
  share: f32,
): void {
  setGeometry(1, end - start, c, 1);
  setGenerator(weights, centre_, deviation_, gamma_, 0);
  const sum = sums + (<usize>((start / grain) * (channels + 1)) << 2);
  // The first four channels are summed in a register, the others here.
  const vectors = scratch;
  memory.fill(vectors, 0, pixel + 16);
  const scale = f32x4.splat(gamma_ * deviation_);
  const shift = f32x4.splat(dbeta * share);
  const slope = f32x4.splat(dgamma * share);
  let total = f32x4.splat(0);
  let narrow = total;
  let from = x + pixel * start;
  let to = da + (<usize>start << 2);
  for (let n = start; n < end; n += 4) {
    const count = min(4, end - n);
    const normal = normalise(project(from, count));
    const through = f32x4.add(shift, f32x4.mul(normal, slope));
    const dz = f32x4.mul(f32x4.sub(loadLanes(to, count), through), scale);
    storeLanes(to, dz, count);
    for (let p = 0; p < count; p++) {
      const one = v128.load32_splat(to + (<usize>p << 2));
      total = f32x4.add(total, one);
      // What the last lanes hold is not looked at.
      narrow = madd(narrow, one, v128.load(from));
      for (let channel = 4; channel < channels; channel += 4) {
        const at = <usize>channel << 2;
        v128.store(vectors + at, madd(v128.load(vectors + at), one, loadLanes(from + at, min(4, channels - channel))));
      }
      from += pixel;
    }
    to += 16;
  }
  v128.store(vectors, narrow);
  for (let channel: usize = 0; channel < pixel; channel += 4) store<f32>(sum + channel, load<f32>(vectors + channel));
  store<f32>(sum + pixel, f32x4.extract_lane(total, 0));
}

/** dx = dz·w0 + dy⋆ᵀb1 + (a·dy)⋆ᵀw1. */
export function rankOneInvolutionInputGrad(
  start: i32,
  end: i32,
  dy: usize,
  dz: usize,
  x: usize,
  dx: usize,
  h: i32,
  w: i32,
  c: i32,
  k: i32,
  padTop: i32,
  padLeft: i32,
  weights: usize,
  centre_: f32,
  deviation_: f32,
  gamma_: f32,
  beta_: f32,
  w1: usize,
  b1: usize,
): void {
  setGeometry(h, w, c, k);
  setGenerator(weights, centre_, deviation_, gamma_, beta_);
  // In scratch: a table for each of dy and a·dy, a row of zeros, K rows of each, and the row that is summed.
  const table = scratch;
  const scaledTable = table + ((<usize>(kernelSize * 4) + 15) & ~15);
  const zeros = scaledTable + ((<usize>(kernelSize * 4) + 15) & ~15);
  const ring = zeros + slot;
  const scaledRing = ring + slot * kernelSize;
  const sum = scaledRing + slot * kernelSize;
  memory.fill(zeros, 0, sum + slot - zeros);
  const before = kernelSize - 1 - padLeft;

  for (let row = start; row < end; row++) {
    const i = row % height;
    const isNew = row == start || i == 0;
    const first = i + padTop - kernelSize + 1;
    bring(dy, row, first, isNew, before, table, zeros, ring);
    for (let u = 0; u < kernelSize; u++) {
      const source = first + u;
      const inside = <u32>source < <u32>height;
      const plain = load<usize>(table + (<usize>u << 2));
      const place = inside ? scaledRing + (plain - ring) : zeros;
      if (inside && (isNew || u == kernelSize - 1)) {
        const to = place + pixel * before;
        spreadHidden(x + rowBytes * (row - i + source), to);
        multiplyRow(to, plain + pixel * before);
      }
      store<usize>(scaledTable + (<usize>u << 2), place);
    }
    spreadProjection(dz + (<usize>(row * width) << 2), sum);
    gather(table, scaledTable, w1, b1, sum, dx + rowBytes * row);
  }
}

/** a ← a·dy; behind the row dy is 0, so that what was written there becomes 0 too. */
@inline
function multiplyRow(a: usize, dy: usize): void {
  const end = rowBytes + 4 * pixel;
  for (let at: usize = 0; at < end; at += 16)
    v128.store(a + at, f32x4.mul(v128.load(a + at), v128.load(dy + at)));
}

/** A row of dz·w0. */
@inline
function spreadProjection(dz: usize, to: usize): void {
  for (let j = 0; j < width; j++) {
    const one = v128.load32_splat(dz);
    for (let channel = 0; channel < channels; channel += 4) {
      const at = <usize>channel << 2;
      v128.store(to + at, f32x4.mul(one, loadLanes(w0 + at, min(4, channels - channel))));
    }
    dz += 4;
    to += pixel;
  }
}

/** A row of sum + dy⋆ᵀb1 + (a·dy)⋆ᵀw1: the stencils are gone through from their last tap to the first. */
function gather(table: usize, scaledTable: usize, w1: usize, b1: usize, sum: usize, dx: usize): void {
  const step = pixel;
  const columnsBytes = step * kernelSize;
  const rows = <usize>kernelSize << 2;
  const lastTap = <usize>(kernelSize * kernelSize - 1) << 2;
  let at: usize = 0;
  for (; at + 64 <= rowBytes; at += 64) {
    let sum0 = v128.load(sum + at);
    let sum1 = v128.load(sum + at, 16);
    let sum2 = v128.load(sum + at, 32);
    let sum3 = v128.load(sum + at, 48);
    let k = lastTap;
    for (let entry: usize = 0; entry < rows; entry += 4) {
      let from = load<usize>(table + entry) + at;
      let scaled = load<usize>(scaledTable + entry) + at;
      const last = from + columnsBytes;
      for (; from < last; from += step) {
        const b = v128.load32_splat(b1 + k);
        const w = v128.load32_splat(w1 + k);
        k -= 4;
        sum0 = madd(madd(sum0, v128.load(from), b), v128.load(scaled), w);
        sum1 = madd(madd(sum1, v128.load(from, 16), b), v128.load(scaled, 16), w);
        sum2 = madd(madd(sum2, v128.load(from, 32), b), v128.load(scaled, 32), w);
        sum3 = madd(madd(sum3, v128.load(from, 48), b), v128.load(scaled, 48), w);
        scaled += step;
      }
    }
    v128.store(dx + at, sum0);
    v128.store(dx + at, sum1, 16);
    v128.store(dx + at, sum2, 32);
    v128.store(dx + at, sum3, 48);
  }
  for (; at < rowBytes; at += 16) {
    let one = v128.load(sum + at);
    let k = lastTap;
    for (let entry: usize = 0; entry < rows; entry += 4) {
      let from = load<usize>(table + entry) + at;
      let scaled = load<usize>(scaledTable + entry) + at;
      const last = from + columnsBytes;
      for (; from < last; from += step) {
        one = madd(one, v128.load(from), v128.load32_splat(b1 + k));
        one = madd(one, v128.load(scaled), v128.load32_splat(w1 + k));
        k -= 4;
        scaled += step;
      }
    }
    storeLanes(dx + at, one, min(4, <i32>(rowBytes - at) >> 2));
  }
}
