import { describe, expect, it } from 'vitest';
import { differenceMap, kernelMap } from '../../../src/core/kernels/kernelMap';
import { layerCases } from '../../golden/fixtures';

describe('a kernel map', () => {
  it.each(layerCases())("has Keras's sums: $name", ({ outputs }) => {
    const { shape, values } = outputs.kernel;
    const [batch, height, width, taps, , groups] = shape as [number, number, number, number, 1, number];
    const size = values.length / batch;
    for (let image = 0; image < batch; image++) {
      const one = values.subarray(image * size, (image + 1) * size);
      const map = kernelMap(one, { height, width, kernelSize: Math.sqrt(taps), groups });
      const expected = outputs.kernelSums.values.subarray(
        image * height * width,
        (image + 1) * height * width,
      );
      expect(map.values).toHaveLength(height * width);
      for (const [index, value] of map.values.entries()) expect(value).toBeCloseTo(expected[index]!, 4);
      expect(map.minimum).toBe(Math.min(...map.values));
      expect(map.maximum).toBe(Math.max(...map.values));
    }
  });

  // Two positions, K = 1, three groups.
  const kernel = Float32Array.of(1, 2, 3, 10, 20, 30);
  const shape = { height: 1, width: 2, kernelSize: 1, groups: 3 };

  it('has a difference from another of the same kind and size, and from no other', () => {
    const map = kernelMap(kernel, shape);
    const other = kernelMap(Float32Array.of(2, 2, 3, 10, 20, 27), shape);
    expect(differenceMap(map, other)).toMatchObject({ minimum: -3, maximum: 1, statistic: 'sum' });
    expect([...differenceMap(map, other)!.values]).toEqual([1, -3]);
    expect(differenceMap(map, map)).toMatchObject({ constant: 0 });
    expect(differenceMap(map, kernelMap(kernel, shape, 'all', 'norm'))).toBeNull();
    expect(differenceMap(map, kernelMap(kernel, { ...shape, height: 2, width: 1 }))).toBeNull();
  });

  it('of where kernels look has the difference of their arrows, not that of their lengths', () => {
    // One position, K = 3: the one looks a pixel to the right, the other as far down.
    const look = (tap: number) => Float32Array.from({ length: 9 }, (_, i) => (i === tap ? 1 : 0));
    const of = (tap: number) =>
      kernelMap(look(tap), { height: 1, width: 1, kernelSize: 3, groups: 1 }, 'all', 'offset');
    const [right, below] = [of(5), of(7)];
    expect([[...right.arrows!], [...below.arrows!]]).toEqual([
      [0, 1],
      [1, 0],
    ]);
    const difference = differenceMap(right, below)!;
    expect([...difference.arrows!]).toEqual([1, -1]);
    expect(difference.values[0]).toBeCloseTo(Math.SQRT2, 6);
    expect(differenceMap(right, right)).toMatchObject({ constant: 0 });
  });

  it('is of one group, or of all', () => {
    const values = (group: number | 'all') => [...kernelMap(kernel, shape, group).values];
    expect(values(0)).toEqual([1, 10]);
    expect(values(2)).toEqual([3, 30]);
    expect(values('all')).toEqual([6, 60]);
    expect(kernelMap(kernel, shape)).toMatchObject({ height: 1, width: 2, minimum: 6, maximum: 60 });
  });

  it.each([3, -1, 0.5])('of group %d does not exist', (group) => {
    expect(() => kernelMap(kernel, shape, group)).toThrow(
      `group must be 'all' or an integer from 0 to 2, but is ${group}.`,
    );
  });
});
