import { dispose, grad, mean, memory, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { SuiteContext } from './context';

/** Sums over the first axes, over axes in the middle, over the last ones, over axes apart. */
const cases: { shape: number[]; axes: number[] | undefined; keepDims?: boolean }[] = [
  { shape: [3, 5, 7, 6], axes: [1, 2] },
  { shape: [3, 5, 7, 6], axes: [2, 1], keepDims: true },
  { shape: [2, 90, 70, 13], axes: [1, 2] },
  { shape: [40, 3, 5, 3], axes: [1] },
  { shape: [4000, 9], axes: [0] },
  { shape: [9, 11, 5], axes: [0, 1], keepDims: true },
  { shape: [4, 5, 6], axes: [-1] },
  { shape: [4, 5, 6], axes: undefined },
  { shape: [4, 2, 6, 2, 3], axes: [1, 3] },
  { shape: [3, 4], axes: [] },
];

/** Sums and means on a started engine, whichever kernel computes them, and their gradients. */
export function sumSuite({ name }: SuiteContext): void {
  describe.each(cases)(`over $axes of $shape on the ${name} engine, keepDims $keepDims`, (given) => {
    it.each(['sum', 'mean'] as const)(
      'the %s and its gradient are those of a loop',
      async (operationName) => {
        const { shape, axes, keepDims } = given;
        const before = memory().numTensors;
        const operation = (x: Tensor): Tensor => (operationName === 'sum' ? sum : mean)(x, axes, keepDims);
        const values = Float32Array.from({ length: product(shape) }, (_, i) => ((i * 7919) % 32) / 8 - 1.5);
        const expected = naive(values, given, operationName === 'mean');
        const x = tensor(values, shape);
        const y = operation(x);
        const dy = tensor(
          Float32Array.from(expected.y, (_, i) => i + 1),
          y.shape,
        );
        const dx = grad(operation)(x, dy);
        expect(y.shape).toEqual(expected.shape);
        expect(dx.shape).toEqual(shape);
        for (const [i, value] of (await y.data()).entries()) expect(value).toBeCloseTo(expected.y[i]!, 4);
        for (const [i, value] of (await dx.data()).entries())
          expect(value).toBeCloseTo((expected.target[i]! + 1) * expected.share, 4);
        dispose([x, y, dy, dx]);
        expect(memory().numTensors).toBe(before);
      },
    );

    // TF.js's own sum on webgpu transposes whole numbers as if they were floats.
    if (name === 'webgpu') return;
    it('sums whole numbers, too', async () => {
      const { shape, axes, keepDims } = given;
      const values = Int32Array.from({ length: product(shape) }, (_, i) => i % 7);
      const x = tensor(values, shape, 'int32');
      const y = sum(x, axes, keepDims);
      expect([...(await y.data())]).toEqual([...naive(values, given, false).y]);
      dispose([x, y]);
    });
  });
}

const product = (shape: number[]) => shape.reduce((a, b) => a * b, 1);

/** The sums or means, the sum that each value belongs to, and its share in it. */
function naive(x: ArrayLike<number>, { shape, axes, keepDims }: (typeof cases)[number], isMean: boolean) {
  const rank = shape.length;
  const summed = shape.map((_, axis) => axes?.some((each) => (each + rank) % rank === axis) ?? true);
  const kept = shape.map((size, axis) => (summed[axis] ? 1 : size));
  const share = isMean ? product(kept) / x.length : 1;
  const y = new Float64Array(product(kept));
  const target = Array.from({ length: x.length }, (_, i) => {
    let [rest, at, step] = [i, 0, 1];
    for (let axis = rank - 1; axis >= 0; axis--) {
      const index = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
      if (!summed[axis]) at += index * step;
      step *= kept[axis]!;
    }
    y[at]! += x[i]! * share;
    return at;
  });
  return { y, target, share, shape: keepDims ? kept : shape.filter((_, axis) => !summed[axis]) };
}
