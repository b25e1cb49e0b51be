// Sums over a rectangle of positions (see rectangles.ts) for sixteen channels that share their weights, several such at once:
// neighbouring pixels, or neighbouring groups of one pixel. A sum that waits for the one before it leaves most of a
// processor idle; eight registers of sums keep it busy, which are two times sixteen channels, or four where two vectors are
// one register.

import { madd } from './lanes';

/** Bytes from a position of the rectangle to the one below and to the next, in the values and in the weights. */
export let valueRow: usize = 0;
export let valueColumn: usize = 0;
export let weightRow: usize = 0;
export let weightColumn: usize = 0;

export function setPositions(valueAcross: usize, valueDown: usize, weightAcross: usize, weightDown: usize): void {
  valueColumn = valueAcross;
  valueRow = valueDown;
  weightColumn = weightAcross;
  weightRow = weightDown;
}

/** Two times sixteen channels, `valueStep`, `weightStep` and `outStep` bytes apart. */
export function sumTwo(
  rows: i32,
  columns: i32,
  values: usize,
  valueStep: usize,
  weights: usize,
  weightStep: usize,
  out: usize,
  outStep: usize,
): void {
  sum(false, rows, columns, values, valueStep, weights, weightStep, out, outStep);
}

/** Four times sixteen channels. */
export function sumFour(
  rows: i32,
  columns: i32,
  values: usize,
  valueStep: usize,
  weights: usize,
  weightStep: usize,
  out: usize,
  outStep: usize,
): void {
  sum(true, rows, columns, values, valueStep, weights, weightStep, out, outStep);
}

@inline
function sum(
  isFour: bool,
  rows: i32,
  columns: i32,
  values: usize,
  valueStep: usize,
  weights: usize,
  weightStep: usize,
  out: usize,
  outStep: usize,
): void {
  const dColumn = valueColumn;
  const wColumn = weightColumn;
  let sum00 = f32x4.splat(0);
  let sum01 = f32x4.splat(0);
  let sum02 = f32x4.splat(0);
  let sum03 = f32x4.splat(0);
  let sum10 = f32x4.splat(0);
  let sum11 = f32x4.splat(0);
  let sum12 = f32x4.splat(0);
  let sum13 = f32x4.splat(0);
  let sum20 = f32x4.splat(0);
  let sum21 = f32x4.splat(0);
  let sum22 = f32x4.splat(0);
  let sum23 = f32x4.splat(0);
  let sum30 = f32x4.splat(0);
  let sum31 = f32x4.splat(0);
  let sum32 = f32x4.splat(0);
  let sum33 = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    let value0 = values + valueRow * r;
    let weight0 = weights + weightRow * r;
    for (let c = 0; c < columns; c++) {
      const value1 = value0 + valueStep;
      const weight1 = weight0 + weightStep;
      let weight = v128.load32_splat(weight0);
      sum00 = madd(sum00, v128.load(value0), weight);
      sum01 = madd(sum01, v128.load(value0, 16), weight);
      sum02 = madd(sum02, v128.load(value0, 32), weight);
      sum03 = madd(sum03, v128.load(value0, 48), weight);
      weight = v128.load32_splat(weight1);
      sum10 = madd(sum10, v128.load(value1), weight);
      sum11 = madd(sum11, v128.load(value1, 16), weight);
      sum12 = madd(sum12, v128.load(value1, 32), weight);
      sum13 = madd(sum13, v128.load(value1, 48), weight);
      if (isFour) {
        const value2 = value1 + valueStep;
        const weight2 = weight1 + weightStep;
        const value3 = value2 + valueStep;
        const weight3 = weight2 + weightStep;
        weight = v128.load32_splat(weight2);
        sum20 = madd(sum20, v128.load(value2), weight);
        sum21 = madd(sum21, v128.load(value2, 16), weight);
        sum22 = madd(sum22, v128.load(value2, 32), weight);
        sum23 = madd(sum23, v128.load(value2, 48), weight);
        weight = v128.load32_splat(weight3);
        sum30 = madd(sum30, v128.load(value3), weight);
        sum31 = madd(sum31, v128.load(value3, 16), weight);
        sum32 = madd(sum32, v128.load(value3, 32), weight);
        sum33 = madd(sum33, v128.load(value3, 48), weight);
      }
      value0 += dColumn;
      weight0 += wColumn;
    }
  }
  storeSixteen(out, sum00, sum01, sum02, sum03);
  storeSixteen(out + outStep, sum10, sum11, sum12, sum13);
  if (isFour) storeSixteen(out + 2 * outStep, sum20, sum21, sum22, sum23);
  if (isFour) storeSixteen(out + 3 * outStep, sum30, sum31, sum32, sum33);
}

@inline
function storeSixteen(to: usize, sum0: v128, sum1: v128, sum2: v128, sum3: v128): void {
  v128.store(to, sum0);
  v128.store(to, sum1, 16);
  v128.store(to, sum2, 32);
  v128.store(to, sum3, 48);
}
