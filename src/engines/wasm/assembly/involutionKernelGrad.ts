// dkernel[b,i,j,u·K+v,g] = Σ_{c: g(c)=g} dy[b,i,j,c] · x[b, i·s+u−padTop, j·s+v−padLeft, c], 0 outside the image  (NHWC)
//
// For each pixel of dy, K·K dot products over channels. Four taps go through the channels together, so that one loaded
// dy serves four and the four sums become one vector. A table has the address of each tap's pixel; taps outside the
// image point to a pixel of zeros. An item is a row of dy.

import { loadLanes, madd, storeLanes, sumLanes, sumOf } from './lanes';
import { scratch } from './scratch';
import { groupOffset, OWN, PAIRED, SHARED, SINGLE, weightMode } from './weights';

let channels: i32;
let groups: i32;
let contiguous: bool;
let mode: i32;
let taps: i32;

export function involutionKernelGrad(
  start: i32,
  end: i32,
  dy: usize,
  x: usize,
  dkernel: usize,
  height: i32,
  width: i32,
  channelCount: i32,
  outHeight: i32,
  outWidth: i32,
  kernelSize: i32,
  strides: i32,
  padTop: i32,
  padLeft: i32,
  groupCount: i32,
  isContiguous: i32,
): void {
  channels = channelCount;
  groups = groupCount;
  contiguous = isContiguous != 0;
  mode = weightMode(channels, groups, contiguous);
  taps = kernelSize * kernelSize;
  const pixel = <usize>channels << 2;
  const rowBytes = pixel * width;
  const stencil = <usize>(taps * groups) << 2;
  const zeros = scratch;
  const table = scratch + pixel + 16;
  memory.fill(zeros, 0, pixel + 16);

  for (let row = start; row < end; row++) {
    const top = (row % outHeight) * strides - padTop;
    const wholeRows = top >= 0 && top + kernelSize <= height;
    const image = x + rowBytes * ((row / outHeight) * height);
    for (let j = 0; j < outWidth; j++) {
      const position = row * outWidth + j;
      const left = j * strides - padLeft;
      const gradient = dy + pixel * position;
      const out = dkernel + stencil * position;
      const corner = image + rowBytes * top + pixel * left;
      const whole = wholeRows && left >= 0 && left + kernelSize <= width;
      if (whole && kernelSize == 3 && channels == 3 && groups == 1) {
        nineTaps(gradient, corner, rowBytes, out);
        continue;
      }
      let entry = table;
      for (let u = 0; u < kernelSize; u++) {
        const outside = <u32>(top + u) >= <u32>height;
        for (let v = 0; v < kernelSize; v++) {
          const inside = !outside && <u32>(left + v) < <u32>width;
          store<usize>(entry, inside ? corner + rowBytes * u + pixel * v : zeros);
          entry += sizeof<usize>();
        }
      }
      if (mode == SHARED) {
        if (channels <= 4) narrowTaps(gradient, table, out);
        else sharedTaps(gradient, table, out);
      } else if (mode == OWN) ownTaps(gradient, table, out);
      else if (mode == PAIRED) pairedTaps(gradient, table, out);
      else singleTaps(gradient, table, out);
    }
  }
}

/** K = 3, three channels, one group, the window inside the image. */
@inline
function nineTaps(dy: usize, x: usize, rowBytes: usize, out: usize): void {
  const g = v128.load(dy);
  const x1 = x + rowBytes;
  const x2 = x1 + rowBytes;
  const sum0 = sumLanes(
    f32x4.mul(g, v128.load(x)),
    f32x4.mul(g, v128.load(x, 12)),
    f32x4.mul(g, v128.load(x, 24)),
    f32x4.mul(g, v128.load(x1)),
    3,
  );
  const sum1 = sumLanes(
    f32x4.mul(g, v128.load(x1, 12)),
    f32x4.mul(g, v128.load(x1, 24)),
    f32x4.mul(g, v128.load(x2)),
    f32x4.mul(g, v128.load(x2, 12)),
    3,
  );
  v128.store(out, sum0);
  v128.store(out, sum1, 16);
  store<f32>(
    out,
    load<f32>(dy) * load<f32>(x2, 24) + load<f32>(dy, 4) * load<f32>(x2, 28) + load<f32>(dy, 8) * load<f32>(x2, 32),
    32,
  );
}

/** Four channels at most, one group: a tap's pixel is one vector. */
@inline
function narrowTaps(dy: usize, table: usize, out: usize): void {
  const g = v128.load(dy);
  for (let k = 0; k < taps; k += 4) {
    const left = min(4, taps - k);
    const sum = sumLanes(
      f32x4.mul(g, v128.load(tapPixel(table, k))),
      f32x4.mul(g, v128.load(tapPixel(table, k + min(1, left - 1)))),
      f32x4.mul(g, v128.load(tapPixel(table, k + min(2, left - 1)))),
      f32x4.mul(g, v128.load(tapPixel(table, k + min(3, left - 1)))),
      channels,
    );
    storeLanes(out + (<usize>k << 2), sum, left);
  }
}

/** One weight serves the neighbouring channels of a group, or all channels: a dot product a tap and group. */
@inline
function sharedTaps(dy: usize, table: usize, out: usize): void {
  const span = channels / groups;
  const whole = span & ~3;
  const rest = span & 3;
  const tapBytes = <usize>groups << 2;
  for (let group = 0; group < groups; group++) {
    const at = <usize>(group * span) << 2;
    const g = dy + at;
    for (let k = 0; k < taps; k += 4) {
      const left = min(4, taps - k);
      const x0 = tapPixel(table, k) + at;
      const x1 = tapPixel(table, k + min(1, left - 1)) + at;
      const x2 = tapPixel(table, k + min(2, left - 1)) + at;
      const x3 = tapPixel(table, k + min(3, left - 1)) + at;
      let sum0 = f32x4.splat(0);
      let sum1 = sum0;
      let sum2 = sum0;
      let sum3 = sum0;
      let c: usize = 0;
      for (let n = 0; n < whole; n += 4) {
        const gradient = v128.load(g + c);
        sum0 = madd(sum0, gradient, v128.load(x0 + c));
        sum1 = madd(sum1, gradient, v128.load(x1 + c));
        sum2 = madd(sum2, gradient, v128.load(x2 + c));
        sum3 = madd(sum3, gradient, v128.load(x3 + c));
        c += 16;
      }
      if (rest) {
        const gradient = loadLanes(g + c, rest);
        sum0 = madd(sum0, gradient, loadLanes(x0 + c, rest));
        sum1 = madd(sum1, gradient, loadLanes(x1 + c, rest));
        sum2 = madd(sum2, gradient, loadLanes(x2 + c, rest));
        sum3 = madd(sum3, gradient, loadLanes(x3 + c, rest));
      }
      const sum = sumLanes(sum0, sum1, sum2, sum3, 4);
      const to = out + tapBytes * k + (<usize>group << 2);
      if (groups == 1) storeLanes(to, sum, left);
      else {
        v128.store32_lane(to, sum, 0);
        if (left > 1) v128.store32_lane(to + tapBytes, sum, 1);
        if (left > 2) v128.store32_lane(to + 2 * tapBytes, sum, 2);
        if (left > 3) v128.store32_lane(to + 3 * tapBytes, sum, 3);
      }
    }
  }
}

/** Four neighbouring channels belong to four neighbouring groups. */
@inline
function ownTaps(dy: usize, table: usize, out: usize): void {
  const period = <usize>groups << 2;
  const end = <usize>channels << 2;
  for (let k = 0; k < taps; k += 4) {
    const left = min(4, taps - k);
    const x0 = tapPixel(table, k);
    const x1 = tapPixel(table, k + min(1, left - 1));
    const x2 = tapPixel(table, k + min(2, left - 1));
    const x3 = tapPixel(table, k + min(3, left - 1));
    let to = out + period * k;
    for (let group = 0; group < groups; group += 4) {
      let sum0 = f32x4.splat(0);
      let sum1 = sum0;
      let sum2 = sum0;
      let sum3 = sum0;
      // What the lanes behind the last group hold is not stored.
      for (let c = <usize>group << 2; c < end; c += period) {
        const gradient = v128.load(dy + c);
        sum0 = madd(sum0, gradient, v128.load(x0 + c));
        sum1 = madd(sum1, gradient, v128.load(x1 + c));
        sum2 = madd(sum2, gradient, v128.load(x2 + c));
        sum3 = madd(sum3, gradient, v128.load(x3 + c));
      }
      const lanes = min(4, groups - group);
      storeLanes(to, sum0, lanes);
      if (left > 1) storeLanes(to + period, sum1, lanes);
      if (left > 2) storeLanes(to + 2 * period, sum2, lanes);
      if (left > 3) storeLanes(to + 3 * period, sum3, lanes);
      to += 16;
    }
  }
}

/** Two groups in turn. */
@inline
function pairedTaps(dy: usize, table: usize, out: usize): void {
  const end = <usize>channels << 2;
  for (let k = 0; k < taps; k++) {
    const x = tapPixel(table, k);
    let sum = f32x4.splat(0);
    for (let c: usize = 0; c < end; c += 16) sum = madd(sum, v128.load(dy + c), v128.load(x + c));
    v128.store64_lane(out, f32x4.add(sum, v128.shuffle<f32>(sum, sum, 2, 3, 0, 1)), 0);
    out += 8;
  }
}

/** Any groups, one channel at a time. */
@inline
function singleTaps(dy: usize, table: usize, out: usize): void {
  const tapBytes = <usize>groups << 2;
  for (let k = 0; k < taps; k++) {
    const x = tapPixel(table, k);
    memory.fill(out, 0, tapBytes);
    for (let c = 0; c < channels; c++) {
      const to = out + groupOffset(c, channels, groups, contiguous);
      const at = <usize>c << 2;
      store<f32>(to, load<f32>(to) + load<f32>(dy + at) * load<f32>(x + at));
    }
    out += tapBytes;
  }
}

@inline
function tapPixel(table: usize, tap: i32): usize {
  return load<usize>(table + (<usize>tap << 2));
}
