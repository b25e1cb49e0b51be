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
      value0 += dColumn;
      weight0 += wColumn;
    }
  }
  v128.store(out, sum00);
  v128.store(out, sum01, 16);
  v128.store(out, sum02, 32);
  v128.store(out, sum03, 48);
  out += outStep;
  v128.store(out, sum10);
  v128.store(out, sum11, 16);
  v128.store(out, sum12, 32);
  v128.store(out, sum13, 48);
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
      const value2 = value1 + valueStep;
      const value3 = value2 + valueStep;
      const weight1 = weight0 + weightStep;
      const weight2 = weight1 + weightStep;
      const weight3 = weight2 + weightStep;
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
      value0 += dColumn;
      weight0 += wColumn;
    }
  }
  v128.store(out, sum00);
  v128.store(out, sum01, 16);
  v128.store(out, sum02, 32);
  v128.store(out, sum03, 48);
  out += outStep;
  v128.store(out, sum10);
  v128.store(out, sum11, 16);
  v128.store(out, sum12, 32);
  v128.store(out, sum13, 48);
  out += outStep;
  v128.store(out, sum20);
  v128.store(out, sum21, 16);
  v128.store(out, sum22, 32);
  v128.store(out, sum23, 48);
  out += outStep;
  v128.store(out, sum30);
  v128.store(out, sum31, 16);
  v128.store(out, sum32, 32);
  v128.store(out, sum33, 48);
}
