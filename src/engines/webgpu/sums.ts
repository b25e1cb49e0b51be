import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Gather, runGather } from './program';

/** What a thread adds up, at most, where there is work for more threads. */
const TERMS = 64;
/** Partial sums in flight, at most. */
const MOST_PARTIALS = 1 << 20;

export interface Sums extends Pick<Gather, 'name' | 'inputs' | 'integers' | 'floats'> {
  readonly rows: number;
  readonly columns: number;
  /** WGSL that adds to `value` what `row` has to give to the sum of `column`, both i32. */
  readonly term: string;
}

/** Which of the sums go together into one tensor, from the first on. */
export type SumShapes = readonly number[][];

/**
 * The sums of each column over all rows, in a few passes: a thread adds every so-manieth row, so that neighbouring
 * threads read neighbouring rows. Always in the same order.
 * @param scale what all sums are multiplied with
 */
export function sumRows(backend: WebGPUBackend, sums: Sums, shapes: SumShapes, scale = 1): TensorInfo[] {
  const { name, rows, columns, inputs, integers, floats, term } = sums;
  const left = partialsOf(rows, columns);
  const partials = runGather(backend, {
    name,
    outputShape: [left, columns],
    inputs,
    integers: { ...integers, rows, partials: left },
    ...(floats && { floats }),
    body: `
      let column = index % ${columns};
      for (var row = index / ${columns}; row < uniforms.rows; row += uniforms.partials) { ${term} }`,
  });
  return addUp(backend, partials, left, columns, shapes, scale);
}

/**
 * Adds [rows, columns] up over the rows, to tensors of these shapes.
 * @param terms are given away
 */
export function addUp(
  backend: WebGPUBackend,
  terms: TensorInfo,
  rows: number,
  columns: number,
  shapes: SumShapes,
  scale = 1,
): TensorInfo[] {
  let [partials, left] = [terms, rows];
  while (left > TERMS) {
    const fewer = partialsOf(left, columns);
    const next = addPartials(backend, partials, left, columns, { partials: fewer, width: columns, first: 0 });
    backend.disposeData(partials.dataId);
    [partials, left] = [next, fewer];
  }
  let first = 0;
  const totals = shapes.map((shape) => {
    const width = shape.reduce((a, b) => a * b, 1);
    const total = addPartials(backend, partials, left, columns, { partials: 1, width, first }, shape, scale);
    first += width;
    return total;
  });
  backend.disposeData(partials.dataId);
  return totals;
}

function partialsOf(rows: number, columns: number): number {
  return Math.max(1, Math.min(Math.ceil(rows / TERMS), Math.floor(MOST_PARTIALS / columns)));
}

/** Adds [rows, columns] up to [partials, width], from the column `first` on. */
function addPartials(
  backend: WebGPUBackend,
  terms: TensorInfo,
  rows: number,
  columns: number,
  { partials, width, first }: { partials: number; width: number; first: number },
  outputShape = [partials, width],
  scale = 1,
): TensorInfo {
  return runGather(backend, {
    name: 'addPartials',
    outputShape,
    inputs: { terms },
    integers: { rows, columns, partials, width, first },
    floats: { scale },
    body: `
      let column = index % uniforms.width + uniforms.first;
      for (var row = index / uniforms.width; row < uniforms.rows; row += uniforms.partials) {
        value += terms[row * uniforms.columns + column];
      }
      value *= uniforms.scale;`,
  });
}
