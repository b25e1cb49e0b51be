import { describe, expect, it } from 'vitest';
import { fairest } from '../../../webview/lab/learn/fairest';
import { difference, distance, marksOf, stencilAt, stencilsOf } from '../../../webview/lab/learn/stencils';
import { at, blur, layer } from '../support/stencils';

describe('the kernels of a layer', () => {
  it('are those of the first group, from rows of width · K·K · groups weights', () => {
    const row = (first: number) => Float32Array.from({ length: 2 * 9 * 2 }, (_, i) => first + i);
    const all = stencilsOf([row(0), row(100)], { kernelSize: 3, width: 2, groups: 2 });
    expect([all.width, all.height, all.all.length]).toEqual([2, 2, 4]);
    expect([...stencilAt(all, at(0, 0))]).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16]);
    expect([...stencilAt(all, at(1, 1))]).toEqual([118, 120, 122, 124, 126, 128, 130, 132, 134]);
  });

  it('differ by their distance over the larger one’s size', () => {
    const of = (a: number[], b: number[]) => difference(Float32Array.from(a), Float32Array.from(b));
    expect(of([3, 4], [3, 4])).toBe(0);
    expect(of([0, 0], [0, 0])).toBe(0);
    expect(of([3, 4], [0, 0])).toBe(1);
    expect(of([3, 4], [-3, -4])).toBe(2);
    expect(of([6, 8], [3, 4])).toBeCloseTo(0.5, 12);
    expect(distance(at(1, 2), at(4, 3))).toBe(3);
  });

  it('are marked in the middle, or somewhere on a coarse grid, first where they do something', () => {
    const marks = marksOf(layer(() => blur, 16));
    expect(marks).toHaveLength(65);
    expect(marks.slice(0, 2)).toEqual([at(8, 8), at(1, 1)]);
    expect(marks.at(-1)).toEqual(at(15, 15));
    const upper = marksOf(layer((row) => (row < 8 ? blur : blur.map((w) => 0.2 * w)), 16));
    expect(upper).toHaveLength(65);
    expect(upper.map(({ row }) => row < 8)).toEqual([...Array(32).fill(true), ...Array(33).fill(false)]);
  });
});

describe('a question', () => {
  const asked = (...shares: number[]) => {
    const found = fairest(
      shares.map((share) => ({ share })),
      ({ share }) => share,
    );
    return typeof found === 'string' ? found : found.share;
  };

  it('is the first that 2 % to 40 % of the pixels answer', () => {
    expect(asked(0.5, 0.01, 0.3, 0.2)).toBe(0.3);
    expect(asked(0.02)).toBe(0.02);
    expect(asked(0.4)).toBe(0.4);
  });

  it('else the one that is closest to that', () => {
    expect(asked(0.7, 0.45, 0.6)).toBe(0.45);
    expect(asked(0, 0.006, 0.7)).toBe(0.7);
    expect(asked(0, 0.015, 0.7)).toBe(0.015);
  });

  it('is not asked where next to no pixel is an answer, or nearly every one', () => {
    expect(asked(0, 0.004)).toBe('none');
    expect(asked()).toBe('none');
    expect(asked(0, 0.9)).toBe('most');
    expect(asked(1, 0.8)).toBe('most');
  });
});
