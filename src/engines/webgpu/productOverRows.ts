import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { declare, flat, type Gather } from './program';
import { addUp, type SumShapes } from './sums';

/** A workgroup of 8 × 8 threads computes a square of the product, each of them four by four of its values. */
const SIDE = 32;
/** Rows that a workgroup has in its shared memory at a time. */
const STAGE = 16;
/** Workgroups, at most; and rows of each, at least. */
const MOST_GROUPS = 2048;
const LEAST_ROWS = 64;

export interface ProductOverRows extends Pick<Gather, 'name' | 'inputs' | 'integers'> {
  readonly rows: number;
  /** Columns of a and of b. */
  readonly left: number;
  readonly right: number;
  /** WGSL that puts a's value at `row` and `column`, both i32, into `value`, which is 0 before. */
  readonly a: string;
  readonly b: string;
}

/**
 * aᵀ·b [left, right] of two matrices of many rows, such as weights' gradients are: the rows are cut in pieces, for as many
 * workgroups as a GPU wants, whose products are added up. Always in the same order.
 * @param shapes the tensors that the product is parted into, from its first row on
 */
export function productOverRows(
  backend: WebGPUBackend,
  { name, rows, left, right, inputs, integers = {}, a, b }: ProductOverRows,
  shapes: SumShapes,
): TensorInfo[] {
  const squares = Math.ceil(left / SIDE) * Math.ceil(right / SIDE);
  const wanted = Math.min(Math.ceil(rows / LEAST_ROWS), Math.ceil(MOST_GROUPS / squares));
  const stages = Math.ceil(rows / wanted / STAGE);
  const pieces = Math.ceil(rows / (stages * STAGE));
  const program: WebGPUProgram = {
    outputShape: [pieces, left, right],
    shaderKey: `productOverRows ${name}`,
    dispatchLayout: { x: [2], y: [1], z: [0] },
    dispatch: [Math.ceil(right / SIDE), Math.ceil(left / SIDE), pieces],
    workgroupSize: [8, 8, 1],
    variableNames: Object.keys(inputs),
    uniforms: `rows : i32, stages : i32, left : i32, right : i32, ${declare(integers, 'i32').join('')}`,
    getUserCode: () => `
      var<workgroup> lefts : array<array<f32, ${SIDE}>, ${STAGE}>;
      var<workgroup> rights : array<array<f32, ${SIDE}>, ${STAGE}>;

      fn leftAt(row : i32, column : i32) -> f32 {
        var value = 0.0;
        ${a}
        return value;
      }

      fn rightAt(row : i32, column : i32) -> f32 {
        var value = 0.0;
        ${b}
        return value;
      }

      fn main() {
        let thread = i32(localIndex);
        let across = 4 * i32(localId.x);
        let down = 4 * i32(localId.y);
        let firstLeft = i32(workgroupId.y) * ${SIDE};
        let firstRight = i32(workgroupId.x) * ${SIDE};
        let firstRow = i32(workgroupId.z) * uniforms.stages * ${STAGE};
        var sums : array<vec4<f32>, 4>;
        for (var stage = 0; stage < uniforms.stages; stage++) {
          for (var i = thread; i < ${STAGE * SIDE}; i += 64) {
            let row = firstRow + stage * ${STAGE} + i / ${SIDE};
            let column = i % ${SIDE};
            var one = 0.0;
            var other = 0.0;
            if (row < uniforms.rows) {
              if (firstLeft + column < uniforms.left) { one = leftAt(row, firstLeft + column); }
              if (firstRight + column < uniforms.right) { other = rightAt(row, firstRight + column); }
            }
            lefts[i / ${SIDE}][column] = one;
            rights[i / ${SIDE}][column] = other;
          }
          workgroupBarrier();
          for (var k = 0; k < ${STAGE}; k++) {
            let other = vec4<f32>(
              rights[k][across], rights[k][across + 1], rights[k][across + 2], rights[k][across + 3]);
            for (var i = 0; i < 4; i++) { sums[i] += lefts[k][down + i] * other; }
          }
          workgroupBarrier();
        }
        for (var i = 0; i < 4; i++) {
          for (var j = 0; j < 4; j++) {
            let row = firstLeft + down + i;
            let column = firstRight + across + j;
            if (row < uniforms.left && column < uniforms.right) {
              result[(i32(workgroupId.z) * uniforms.left + row) * uniforms.right + column] = sums[i][j];
            }
          }
        }
      }`,
  };
  const partials = backend.runWebGPUProgram(
    program,
    flat(inputs),
    'float32',
    [rows, stages, left, right, ...Object.values(integers)].map((value) => ({
      type: 'int32',
      data: [value],
    })),
  );
  return addUp(backend, partials, pieces, left * right, shapes);
}
