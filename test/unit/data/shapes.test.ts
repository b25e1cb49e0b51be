import { describe, expect, it } from 'vitest';
import { drawShapes, shapesClasses } from '../../../src/core/data/shapes';

describe('drawShapes', () => {
  const counts = { train: 200, validation: 100 };

  it('is decided by the seed', () => {
    const pixels = (seed: number) => Buffer.from(drawShapes(counts, seed).train.images.buffer);
    expect(pixels(42).equals(pixels(42))).toBe(true);
    expect(pixels(42).equals(pixels(43))).toBe(false);
  });

  it('draws what was asked for, each class as often', () => {
    const { train, validation } = drawShapes(counts, 1);
    expect(train.images).toHaveLength(200 * 32 * 32 * 3);
    expect(train.count).toBe(200);
    for (const [split, each] of [
      [train, 20],
      [validation, 10],
    ] as const)
      for (const label of shapesClasses.keys())
        expect(split.labels.filter((other) => other === label)).toHaveLength(each);
  });

  it('draws validation images that training never saw', () => {
    const { train, validation } = drawShapes(counts, 1);
    expect(validation.images.subarray(0, 3072)).not.toEqual(train.images.subarray(0, 3072));
  });

  it('puts something bright and something dark into every image', () => {
    const { train } = drawShapes(counts, 5);
    for (let i = 0; i < train.count; i++) {
      const green = train.images.subarray(i * 3072, (i + 1) * 3072).filter((_, at) => at % 3 === 1);
      expect(Math.max(...green)).toBeGreaterThan(115);
      expect(Math.min(...green)).toBeLessThan(115);
    }
  });

  it('draws into the memory it is given', () => {
    const shared = new SharedArrayBuffer(10 * 3072);
    const { train } = drawShapes(
      { train: 10, validation: 10 },
      1,
      (bytes) => new Uint8Array(shared, 0, bytes),
    );
    expect(train.images.buffer).toBe(shared);
  });
});
