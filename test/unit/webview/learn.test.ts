import { describe, expect, it } from 'vitest';
import { tourSteps } from '../../../src/protocol/lab';
import {
  difference,
  distance,
  markFor,
  positionsOf,
  type Stencils,
  stencilAt,
  stencilsOf,
} from '../../../webview/lab/learn/stencils';
import { steps } from '../../../webview/lab/learn/steps';
import { attention } from '../../../webview/lab/learn/steps/attention';
import { epochs } from '../../../webview/lab/learn/steps/epochs';
import { mistakes } from '../../../webview/lab/learn/steps/mistakes';
import { neighbour, shareOfTap, tapOf } from '../../../webview/lab/learn/steps/neighbour';
import { pixel } from '../../../webview/lab/learn/steps/pixel';
import { positions } from '../../../webview/lab/learn/steps/positions';

/** A 6×6 layer of 3×3 kernels: `kernelAt` gives the nine weights of a position. */
function layer(kernelAt: (row: number, column: number) => number[], size = 6): Stencils {
  const all = Array.from({ length: size * size }, (_, i) =>
    Float32Array.from(kernelAt(Math.floor(i / size), i % size)),
  );
  return { kernelSize: 3, width: size, height: size, all };
}
const blur = [1, 1, 1, 1, 1, 1, 1, 1, 1];
const edge = [-1, 0, 1, -2, 0, 2, -1, 0, 1];
const at = (row: number, column: number) => ({ row, column });
const signed = { constants: {} };
/** Numbers are set with narrow spaces before their per cent. */
const percent = (text: string) => text.replaceAll(' %', '\u202f%');

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

  it('are marked where others answer, but not most', () => {
    const stencils = layer(() => blur);
    expect(markFor(stencils, () => false)).toBeNull();
    // The middle will do.
    expect(markFor(stencils, (_, other) => other.row === 0)).toEqual(at(3, 3));
    // Only of the upper rows is less than half an answer.
    expect(markFor(stencils, (mark, other) => mark.row > 1 || other.row === 5)).toEqual(at(0, 0));
  });
});

describe('the tour', () => {
  it('has six steps, each with its words', () => {
    expect(steps.map(({ id }) => id)).toEqual(tourSteps);
    for (const { title, paragraphs, learned, otherwise } of steps)
      for (const text of [title, ...paragraphs, learned, otherwise]) expect(text).toMatch(/\S{3}/);
  });

  it('epochs: takes the best one, and says how far another is from it', () => {
    if (epochs.points !== 'epoch') throw new Error('It points at epochs.');
    const question = epochs.ask({ epochs: [1, 2, 3], accuracy: [0.1, 0.5, 0.4] })!;
    expect(question.check(2)).toEqual({
      right: true,
      why: 'After epoch 2 it was 0.5000, and never higher.',
    });
    expect(question.check(3)).toEqual({
      right: false,
      why: 'After epoch 3 it was 0.4000; after another one it was 0.5000.',
    });
    expect(epochs.ask({ epochs: [1], accuracy: [0.1] })).toBeNull();
  });

  it('positions: takes a kernel that differs by more than half from the marked one', () => {
    if (positions.points !== 'position') throw new Error('It points at positions.');
    const question = positions.ask(
      layer((_, column) => (column < 2 ? edge : blur)),
      signed,
    )!;
    expect(question.marked).toEqual(at(3, 3));
    // ‖edge − blur‖² = 21, of 12 and 9: √(21 / 12).
    expect(question.check(at(0, 0))).toEqual({
      right: true,
      why: percent('The two kernels differ by 132 %: one layer, two different filters.'),
    });
    expect(question.check(at(5, 5))).toMatchObject({
      right: false,
      why: expect.stringContaining(percent('by 0 % only')),
    });
    // A convolution's layer, so to speak.
    expect(
      positions.ask(
        layer(() => edge),
        signed,
      ),
    ).toBeNull();
  });

  it('pixel: takes a distant position with nearly the same kernel', () => {
    if (pixel.points !== 'position') throw new Error('It points at positions.');
    const scaled = (row: number, column: number) => edge.map((w) => w * (1 + row + 10 * (column % 5)));
    const question = pixel.ask(layer(scaled, 10), signed)!;
    const { row, column } = question.marked!;
    const right = question.check(at(row, (column + 5) % 10));
    expect(right).toMatchObject({
      right: true,
      why: expect.stringContaining(percent('They differ by 0.0 %')),
    });
    expect(question.check(at(row, column))).toMatchObject({
      right: false,
      why: expect.stringContaining('too close'),
    });
    expect(question.check(at(row, (column + 4) % 10)).right).toBe(false);
    // Each its own, by far.
    expect(
      pixel.ask(
        layer((r, c) => edge.map((w) => w * 2 ** (6 * r + c))),
        signed,
      ),
    ).toBeNull();
  });

  it('neighbour: takes a kernel whose weight there is a few per cent of the largest at most', () => {
    if (neighbour.points !== 'position') throw new Error('It points at positions.');
    expect([tapOf(3, { right: 1, down: 0 }), tapOf(3, { right: 0, down: -1 })]).toEqual([5, 1]);
    expect([tapOf(5, { right: -1, down: 0 }), tapOf(4, { right: 0, down: 1 })]).toEqual([11, 9]);
    expect(shareOfTap(Float32Array.from(edge), 5)).toBe(1);
    expect(shareOfTap(new Float32Array(9), 5)).toBe(1);
    const blind = [1, 1, 1, 1, 4, 0.04, 1, 1, 1];
    const question = neighbour.ask(
      layer((row) => (row === 0 ? blind : blur)),
      signed,
    )!;
    expect(question.text).toBe(
      percent(
        'Find a pixel whose kernel ignores its right neighbour: that weight is at most 5 % of the largest in size.',
      ),
    );
    expect(question.check(at(0, 4))).toEqual({
      right: true,
      why: percent(
        'The weight of the right neighbour is 0.040, 1 % of the largest: whatever is there hardly counts here.',
      ),
    });
    expect(question.check(at(1, 4))).toEqual({
      right: false,
      why: percent('Here the weight of the right neighbour is 1.000, 100 % of the largest.'),
    });
    // Where no right neighbour is ignored, the one that is: here the upper one, up to a tenth.
    const upper = [1, 0.08, 1, 1, 1, 1, 1, 1, 1];
    const other = neighbour.ask(
      layer((row) => (row === 0 ? upper : blur)),
      signed,
    )!;
    expect(other.text).toContain(percent('its upper neighbour: that weight is at most 10 %'));
    expect(other.check(at(0, 0)).right).toBe(true);
    expect(
      neighbour.ask(
        layer(() => blur),
        signed,
      ),
    ).toBeNull();
  });

  it('attention: takes a negative weight, which no softmax gives', () => {
    if (attention.points !== 'position') throw new Error('It points at positions.');
    const question = attention.ask(
      layer((row) => (row < 3 ? edge : blur)),
      signed,
    )!;
    expect(question.check(at(0, 0))).toMatchObject({ right: true, why: expect.stringContaining('−2.000') });
    expect(question.check(at(5, 0))).toMatchObject({ right: false, why: expect.stringContaining('1.000') });
    // What may be rounding is none; where most have one, what fewer have is asked for.
    const average = blur.map((w) => w / 9);
    expect(
      attention.ask(
        layer(() => [...average.slice(1), -0.001]),
        signed,
      ),
    ).toBeNull();
    const dark = edge.map((w) => w - 1);
    const darker = attention.ask(
      layer((row) => (row < 2 ? dark : edge)),
      signed,
    )!;
    expect(darker.text).toContain('less than 0');
    expect(darker.check(at(0, 0))).toEqual({
      right: true,
      why: 'Its smallest weight is −3.000 and they sum to −9.000; a softmax’s are positive and sum to 1.',
    });
    expect(darker.check(at(4, 0)).right).toBe(false);
    const brighter = attention.ask(
      layer((row) => (row < 2 ? blur : average)),
      signed,
    )!;
    expect(brighter.text).toContain('more than 1.1');
    expect([brighter.check(at(1, 1)).right, brighter.check(at(2, 1)).right]).toEqual([true, false]);
  });

  it('attention, of a layer that is attention: takes a position that looks at itself', () => {
    if (attention.points !== 'position') throw new Error('It points at positions.');
    const softmax = { constants: { sum: 'a softmax sums to 1' } };
    const self = [0.1, 0.1, 0.1, 0.1, 0.2, 0.1, 0.1, 0.1, 0.1];
    const aside = [0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];
    const question = attention.ask(
      layer((row) => (row === 2 ? self : aside)),
      softmax,
    )!;
    expect(question.check(at(2, 2))).toEqual({
      right: true,
      why: 'The weight in the middle is 0.200, and none is larger.',
    });
    expect(question.check(at(3, 2))).toEqual({
      right: false,
      why: 'The weight in the middle is 0.100; the largest is 0.200.',
    });
    expect(
      attention.ask(
        layer(() => aside),
        softmax,
      ),
    ).toBeNull();
  });

  it('mistakes: takes the largest number off the diagonal', () => {
    if (mistakes.points !== 'cell') throw new Error('It points at cells.');
    const classes = ['cat', 'dog'];
    const question = mistakes.ask({
      classes,
      confusion: [
        [90, 3],
        [7, 80],
      ],
    })!;
    expect(question.check({ label: 1, predicted: 0 })).toEqual({
      right: true,
      why: 'dog taken for cat: 7 times, more than any other.',
    });
    expect(question.check({ label: 0, predicted: 1 })).toEqual({
      right: false,
      why: 'cat taken for dog: 3 times. Another one came 7 times.',
    });
    expect(question.check({ label: 0, predicted: 0 })).toEqual({
      right: false,
      why: 'That is the diagonal: cat was taken for what it is.',
    });
    expect(
      mistakes.ask({
        classes,
        confusion: [
          [9, 0],
          [0, 8],
        ],
      }),
    ).toBeNull();
  });

  it('finds something in every image that can be answered, whatever is asked', () => {
    const random = layer((row, column) => blur.map((_, k) => Math.sin(1 + 7 * row + 3 * column + k * k)), 12);
    for (const step of steps) {
      if (step.points !== 'position') continue;
      const question = step.ask(random, signed);
      const answers = positionsOf(random).filter((position) => question!.check(position).right);
      expect(answers.length, step.id).toBeGreaterThan(0);
    }
  });
});
