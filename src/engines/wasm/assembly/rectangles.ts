// Sums over rectangles of positions of (channels) × (their weights), a pixel of the result each. Pixels with equal
// rectangles follow each other in a run. Up to four channels are one vector; more are taken sixteen at a time, so that a
// loaded weight serves four vectors.

import { madd, storeLanes } from './lanes';
import { sumFour, sumTwo, valueColumn, valueRow, weightColumn, weightRow } from './sixteens';
import { groupOffset, loadWeights, OWN, PAIRED, SHARED, SINGLE, weightMode } from './weights';
import { wide } from './tile';

// The geometry of the current call. Every thread has its own instance of the module.
let channels: i32;
let groups: i32;
let contiguous: bool;
let mode: i32;
/** Bytes from a pixel's rectangle to the next pixel's. */
let valueStep: usize;
let weightStep: usize;

export function setGroups(channelCount: i32, groupCount: i32, isContiguous: bool): void {
  channels = channelCount;
  groups = groupCount;
  contiguous = isContiguous;
  mode = weightMode(channels, groups, contiguous);
}

export function setSteps(value: usize, weight: usize): void {
  valueStep = value;
  weightStep = weight;
}

/** `count` pixels whose rectangles are alike. A rectangle without rows or columns gives zeros. */
export function sumRectangles(count: i32, rows: i32, columns: i32, values: usize, weights: usize, out: usize): void {
  if (mode == SINGLE) {
    singleRun(0, count, rows, columns, values, weights, out);
  } else if (channels <= 4) {
    if (mode == SHARED) {
      if (rows == 3 && columns == 3) {
        if (channels == 3) narrowRun(SHARED, 3, 3, count, rows, columns, values, weights, out);
        else narrowRun(SHARED, 3, 0, count, rows, columns, values, weights, out);
      } else if (rows == 5 && columns == 5) narrowRun(SHARED, 5, 0, count, rows, columns, values, weights, out);
      else if (rows == 7 && columns == 7) narrowRun(SHARED, 7, 0, count, rows, columns, values, weights, out);
      else narrowRun(SHARED, 0, 0, count, rows, columns, values, weights, out);
    } else if (mode == OWN) narrowRun(OWN, 0, 0, count, rows, columns, values, weights, out);
    else narrowRun(PAIRED, 0, 0, count, rows, columns, values, weights, out);
  } else {
    if (mode == SHARED && sharesSixteen()) {
      sixteensRun(count, rows, columns, values, weights, out);
      return;
    }
    if (mode == SHARED) wideRun(SHARED, count, rows, columns, values, weights, out);
    else if (mode == OWN) wideRun(OWN, count, rows, columns, values, weights, out);
    else wideRun(PAIRED, count, rows, columns, values, weights, out);
    if (channels & 3) singleRun(channels & ~3, count, rows, columns, values, weights, out);
  }
}

/**
 * One vector a pixel. `side` and `lanes`, where they are not 0, are the rectangle's side and the channels, known when
 * this is compiled.
 */
@inline
function narrowRun(
  how: i32,
  side: i32,
  lanes: i32,
  count: i32,
  rows: i32,
  columns: i32,
  values: usize,
  weights: usize,
  out: usize,
): void {
  const stored = lanes ? lanes : channels;
  const dRow = valueRow;
  const dColumn = lanes ? <usize>lanes << 2 : valueColumn;
  const wRow = weightRow;
  const wColumn = weightColumn;
  const dStep = valueStep;
  const wStep = weightStep;
  const outStep = <usize>stored << 2;
  for (let n = 0; n < count; n++) {
    let sum = f32x4.splat(0);
    if (side) {
      sum = rowSum(how, side, sum, values, weights, dColumn, wColumn);
      sum = rowSum(how, side, sum, values + dRow, weights + wRow, dColumn, wColumn);
      sum = rowSum(how, side, sum, values + 2 * dRow, weights + 2 * wRow, dColumn, wColumn);
      for (let r = 3; r < side; r++)
        sum = rowSum(how, side, sum, values + dRow * r, weights + wRow * r, dColumn, wColumn);
    } else {
      for (let r = 0; r < rows; r++) {
        let value = values + dRow * r;
        let weight = weights + wRow * r;
        for (let c = 0; c < columns; c++) {
          sum = madd(sum, v128.load(value), loadWeights(how, weight));
          value += dColumn;
          weight += wColumn;
        }
      }
    }
    storeLanes(out, sum, stored);
    values += dStep;
    weights += wStep;
    out += outStep;
  }
}

/** `side` (3, 5 or 7) neighbouring positions, written out. */
@inline
function rowSum(how: i32, side: i32, sum: v128, d: usize, w: usize, dColumn: usize, wColumn: usize): v128 {
  sum = madd(sum, v128.load(d), loadWeights(how, w));
  sum = madd(sum, v128.load(d + dColumn), loadWeights(how, w + wColumn));
  sum = madd(sum, v128.load(d + 2 * dColumn), loadWeights(how, w + 2 * wColumn));
  if (side > 3) {
    sum = madd(sum, v128.load(d + 3 * dColumn), loadWeights(how, w + 3 * wColumn));
    sum = madd(sum, v128.load(d + 4 * dColumn), loadWeights(how, w + 4 * wColumn));
  }
  if (side > 5) {
    sum = madd(sum, v128.load(d + 5 * dColumn), loadWeights(how, w + 5 * wColumn));
    sum = madd(sum, v128.load(d + 6 * dColumn), loadWeights(how, w + 6 * wColumn));
  }
  return sum;
}

@inline
function sharesSixteen(): bool {
  return channels % 16 == 0 && (groups == 1 || (channels / groups) % 16 == 0);
}

/** Sixteen channels that share their weights, for several pixels or for several of the sixteens of one at a time. */
function sixteensRun(count: i32, rows: i32, columns: i32, values: usize, weights: usize, out: usize): void {
  const pixel = <usize>channels << 2;
  let left = count;
  const most = wide ? 4 : 2;
  for (; left >= most; left -= most) {
    for (let c = 0; c < channels; c += 16) {
      const at = <usize>c << 2;
      const from = weights + weightAt(SHARED, c);
      if (wide) sumFour(rows, columns, values + at, valueStep, from, weightStep, out + at, pixel);
      else sumTwo(rows, columns, values + at, valueStep, from, weightStep, out + at, pixel);
    }
    values += valueStep * most;
    weights += weightStep * most;
    out += pixel * most;
  }
  const span = channels / groups;
  for (; left > 0; left--) {
    let c = 0;
    if (span == 16 || groups == 1) {
      const step = groups == 1 ? 0 : 4;
      for (; wide && c + 64 <= channels; c += 64) {
        const at = <usize>c << 2;
        sumFour(rows, columns, values + at, 64, weights + weightAt(SHARED, c), step, out + at, 64);
      }
      for (; c + 32 <= channels; c += 32) {
        const at = <usize>c << 2;
        sumTwo(rows, columns, values + at, 64, weights + weightAt(SHARED, c), step, out + at, 64);
      }
    }
    for (; c < channels; c += 16) {
      const at = <usize>c << 2;
      sixteen(SHARED, true, c, rows, columns, values + at, weights, out + at);
    }
    values += valueStep;
    weights += weightStep;
    out += pixel;
  }
}

/** Sixteen channels at a time, then four; the last channels & 3 are left to `singleRun`. */
@inline
function wideRun(
  how: i32,
  count: i32,
  rows: i32,
  columns: i32,
  values: usize,
  weights: usize,
  out: usize,
): void {
  const whole = channels & ~3;
  // Whether sixteen neighbouring channels have one weight, or four vectors the same two or four.
  const alike = how == SHARED ? groups == 1 || (channels / groups) % 16 == 0 : how == PAIRED || groups == 4;
  for (let n = 0; n < count; n++) {
    let c = 0;
    for (; c + 16 <= whole; c += 16) {
      const at = <usize>c << 2;
      if (alike) sixteen(how, true, c, rows, columns, values + at, weights, out + at);
      else sixteen(how, false, c, rows, columns, values + at, weights, out + at);
    }
    for (; c < whole; c += 4) {
      const at = <usize>c << 2;
      four(how, rows, columns, values + at, weights + weightAt(how, c), out + at);
    }
    values += valueStep;
    weights += weightStep;
    out += <usize>channels << 2;
  }
}

@inline
function weightAt(how: i32, channel: i32): usize {
  return how == PAIRED ? 0 : groupOffset(channel, channels, groups, contiguous);
}

@inline
function sixteen(
  how: i32,
  alike: bool,
  channel: i32,
  rows: i32,
  columns: i32,
  values: usize,
  weights: usize,
  out: usize,
): void {
  const dColumn = valueColumn;
  const wColumn = weightColumn;
  const offset0 = weightAt(how, channel);
  const offset1: usize = alike ? 0 : weightAt(how, channel + 4) - offset0;
  const offset2: usize = alike ? 0 : weightAt(how, channel + 8) - offset0;
  const offset3: usize = alike ? 0 : weightAt(how, channel + 12) - offset0;
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  let sum2 = f32x4.splat(0);
  let sum3 = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    let value = values + valueRow * r;
    let weight = weights + offset0 + weightRow * r;
    for (let c = 0; c < columns; c++) {
      const w0 = loadWeights(how, weight);
      sum0 = madd(sum0, v128.load(value), w0);
      sum1 = madd(sum1, v128.load(value, 16), alike ? w0 : loadWeights(how, weight + offset1));
      sum2 = madd(sum2, v128.load(value, 32), alike ? w0 : loadWeights(how, weight + offset2));
      sum3 = madd(sum3, v128.load(value, 48), alike ? w0 : loadWeights(how, weight + offset3));
      value += dColumn;
      weight += wColumn;
    }
  }
  v128.store(out, sum0);
  v128.store(out, sum1, 16);
  v128.store(out, sum2, 32);
  v128.store(out, sum3, 48);
}

@inline
function four(how: i32, rows: i32, columns: i32, values: usize, weights: usize, out: usize): void {
  let sum = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    let value = values + valueRow * r;
    let weight = weights + weightRow * r;
    for (let c = 0; c < columns; c++) {
      sum = madd(sum, v128.load(value), loadWeights(how, weight));
      value += valueColumn;
      weight += weightColumn;
    }
  }
  v128.store(out, sum);
}

/** One channel at a time, from `firstChannel` on. */
function singleRun(
  firstChannel: i32,
  count: i32,
  rows: i32,
  columns: i32,
  values: usize,
  weights: usize,
  out: usize,
): void {
  for (let n = 0; n < count; n++) {
    for (let channel = firstChannel; channel < channels; channel++) {
      const offset = groupOffset(channel, channels, groups, contiguous);
      const at = <usize>channel << 2;
      let sum: f32 = 0;
      for (let r = 0; r < rows; r++) {
        let value = values + at + valueRow * r;
        let weight = weights + offset + weightRow * r;
        for (let c = 0; c < columns; c++) {
          sum += load<f32>(value) * load<f32>(weight);
          value += valueColumn;
          weight += weightColumn;
        }
      }
      store<f32>(out + at, sum);
    }
    values += valueStep;
    weights += weightStep;
    out += <usize>channels << 2;
  }
}
