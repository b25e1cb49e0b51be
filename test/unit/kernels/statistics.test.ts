import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statisticMap } from '../../../src/core/kernels/kernelMap';
import { type KernelStatistic, statisticValues } from '../../../src/core/kernels/statistics';

/** One position, one group, 3×3. */
const of = (statistic: KernelStatistic, weights: number[], kernelSize = 3) => [
  ...statisticValues(Float32Array.from(weights), { kernelSize, groups: 1 }, statistic),
];

describe('a statistic of a kernel', () => {
  const edge = [-1, 0, 1, -2, 0, 2, -1, 0, 1];
  const half = [0, 0, 0, 0, 0.5, 0.5, 0, 0, 0];

  it.each([
    ['sum', edge, [0]],
    ['sum', half, [1]],
    ['entropy', half, [1]],
    ['entropy', new Array(9).fill(1 / 9), [Math.log2(9)]],
    ['entropy', [0, 0, 0, 0, -3, 0, 0, 0, 0], [0]],
    ['entropy', [0, 0, 0, 0, 1, -1, 0, 1, 1], [2]],
    ['entropy', new Array(9).fill(0), [0]],
    ['centre', [1, 2, 3, 4, 5, 6, 7, 8, 9], [5]],
    ['offset', half, [0, 0.5]],
    ['offset', edge, [0, 8]],
    ['offset', [0.25, 0, 0, 0, 0, 0, 0, 0, 0.75], [0.5, 0.5]],
    ['deviation', [1, 1, 1, 1, 1, 1, 1, 1, 1], [0]],
    ['deviation', edge, [Math.sqrt(12 / 9)]],
    ['norm', edge, [Math.sqrt(12)]],
  ] as const)('%s of %j is %j', (statistic, weights, expected) => {
    for (const [i, value] of of(statistic, [...weights]).entries())
      expect(value).toBeCloseTo(expected[i]!, 6);
  });

  it('knows the centre of an even window, and of one weight', () => {
    expect(of('centre', [1, 2, 3, 4], 2)).toEqual([1]);
    expect(of('offset', [0, 0, 0, 1], 2)).toEqual([1, 1]);
    expect(of('centre', [7], 1)).toEqual([7]);
    expect(of('centre', [...Array(16).keys()], 4)).toEqual([5]);
  });

  it('keeps positions and groups apart', () => {
    // Two positions, 2×2, two groups: the last index is the group.
    const kernels = Float32Array.from([1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60, 7, 70, 8, 80]);
    const values = statisticValues(kernels, { kernelSize: 2, groups: 2 }, 'sum');
    expect([...values]).toEqual([10, 100, 26, 260]);
    const shape = { height: 1, width: 2, groups: 2 };
    expect([...statisticMap(values, shape, 'sum').values]).toEqual([110, 286]);
    expect([...statisticMap(values, shape, 'sum', 1).values]).toEqual([100, 260]);
    expect([...statisticMap(values, shape, 'norm').values]).toEqual([55, 143]);
    expect(statisticMap(values, shape, 'sum', 0)).toMatchObject({
      minimum: 10,
      maximum: 26,
      constant: null,
    });
    expect(() => statisticMap(values, shape, 'sum', 2)).toThrow(
      "group must be 'all' or an integer from 0 to 1, but is 2.",
    );
  });

  it('has arrows, and their lengths, of the offset', () => {
    const { values, arrows } = statisticMap(
      Float32Array.from([3, 4, 0, 0, 0, -1, 0, 3]),
      { height: 1, width: 2, groups: 2 },
      'offset',
    );
    expect([...arrows!]).toEqual([1.5, 2, 0, 1]);
    expect([...values]).toEqual([2.5, 1]);
  });

  it('says that sums of a softmax are constant, and that others are not', () => {
    const shape = { height: 1, width: 3, groups: 1 };
    const map = (values: number[]) => statisticMap(Float32Array.from(values), shape, 'sum');
    expect(map([1, 1 + 3e-6, 1 - 2e-6]).constant).toBe(1);
    expect(map([0, 3e-7, -2e-7]).constant).toBe(0);
    expect(map([1, 1.001, 1]).constant).toBeNull();
    expect(map([1e-3, 2e-3, 1e-3]).constant).toBeNull();
    expect(map([0.123456789, 0.123456789, 0.12345679]).constant).toBe(0.12346);
    // What is not a number, or not finite, is no constant; the range is that of the numbers.
    expect(map([1, Number.NaN, 1])).toMatchObject({ minimum: 1, maximum: 1, constant: null });
    expect(map(Array(3).fill(Number.POSITIVE_INFINITY)).constant).toBeNull();
    expect(map(Array(3).fill(Number.NaN)).constant).toBeNull();
  });

  it('has bounds that hold for any kernel', () =>
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -10, max: 10, noNaN: true }), { minLength: 9, maxLength: 9 }),
        (weights) => {
          const value = (statistic: KernelStatistic) => of(statistic, weights)[0]!;
          expect(value('entropy')).toBeGreaterThanOrEqual(-1e-6);
          expect(value('entropy')).toBeLessThanOrEqual(Math.log2(9) + 1e-6);
          // norm² = K² (deviation² + mean²).
          const mean = value('sum') / 9;
          expect(value('norm') ** 2).toBeCloseTo(9 * (value('deviation') ** 2 + mean ** 2), 2);
        },
      ),
    ));
});
