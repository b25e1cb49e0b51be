import { describe, expect, it } from 'vitest';
import { Random, seededSplit, shuffledOrder } from '../../../src/core/random';

describe('Random', () => {
  it('gives the same numbers for the same seeds, others for others', () => {
    const draw = (...seeds: number[]) => {
      const random = new Random(...seeds);
      return Array.from({ length: 5 }, () => random.uint32());
    };
    expect(draw(42)).toEqual(draw(42));
    expect(new Set([draw(42), draw(43), draw(42, 0), draw(42, 1), draw(1, 42)].map(String)).size).toBe(5);
  });

  // Computed by a second implementation, in Python, that also gives the numbers published for state (1, 2, 3, 4).
  it('is xoshiro128**, for good: runs must stay reproducible', () => {
    const random = new Random(42);
    expect(Array.from({ length: 4 }, () => random.uint32())).toEqual([
      2475684579, 2739248900, 1570671483, 4195698604,
    ]);
  });

  it('draws evenly', () => {
    const random = new Random(7);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[random.below(10)]!++;
    // 5 standard deviations of a binomial with n = 100 000, p = 0.1.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(475);
    let sum = 0;
    for (let i = 0; i < 100_000; i++) sum += random.between(-1, 3);
    expect(sum / 100_000).toBeCloseTo(1, 1);
  });

  it('stays inside its bounds', () => {
    const random = new Random(1);
    for (let i = 0; i < 1000; i++) {
      expect(random.below(1)).toBe(0);
      const value = random.between(-0.25, 0.25);
      expect(value >= -0.25 && value < 0.25).toBe(true);
    }
  });
});

describe('shuffledOrder', () => {
  it('is a permutation that seed and epoch decide', () => {
    const order = shuffledOrder(1000, 42, 3);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(shuffledOrder(1000, 42, 3)).toEqual(order);
    expect(shuffledOrder(1000, 42, 4)).not.toEqual(order);
    expect(shuffledOrder(1000, 43, 3)).not.toEqual(order);
  });

  it('leaves few images where they were', () => {
    const order = shuffledOrder(10_000, 1, 1);
    // The expected number of fixed points is 1.
    expect(order.filter((item, place) => item === place).length).toBeLessThan(8);
  });
});

describe('seededSplit', () => {
  it('parts the items, each into exactly one part', () => {
    const { kept, held } = seededSplit(10, 0.3, 42, 0);
    expect(held).toHaveLength(3);
    expect([...kept, ...held].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(seededSplit(10, 0.3, 42, 0)).toEqual({ kept, held });
  });

  it('leaves neither part empty', () => {
    expect(seededSplit(2, 0.01, 1, 0).held).toHaveLength(1);
    expect(seededSplit(2, 0.99, 1, 0).kept).toHaveLength(1);
  });
});
