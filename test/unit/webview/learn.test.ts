import { describe, expect, it } from 'vitest';
import { tourSteps } from '../../../src/protocol/lab';
import { positionsOf } from '../../../webview/lab/learn/stencils';
import type { Unasked } from '../../../webview/lab/learn/step';
import { steps } from '../../../webview/lab/learn/steps';
import { attention } from '../../../webview/lab/learn/steps/attention';
import { epochs } from '../../../webview/lab/learn/steps/epochs';
import { mistakes } from '../../../webview/lab/learn/steps/mistakes';
import { neighbour, shareOfTap, tapOf } from '../../../webview/lab/learn/steps/neighbour';
import { pixel } from '../../../webview/lab/learn/steps/pixel';
import { positions } from '../../../webview/lab/learn/steps/positions';
import { at, blur, edge, layer } from '../support/stencils';

/** The question, where there has to be one; the reason, where none is asked. */
function posed<T extends object>(asked: T | Unasked): T {
  if ('otherwise' in asked) throw new Error(asked.otherwise);
  return asked;
}
function reason(asked: object): string {
  if (!('otherwise' in asked)) throw new Error('It is asked.');
  return String(asked.otherwise);
}
const signed = { constants: {} };
/** Numbers are set with narrow spaces before their per cent. */
const percent = (text: string) => text.replaceAll(' %', '\u202f%');

describe('the tour', () => {
  it('has six steps, each with its words', () => {
    expect(steps.map(({ id }) => id)).toEqual(tourSteps);
    for (const { title, paragraphs, learned } of steps)
      for (const text of [title, ...paragraphs, learned]) expect(text).toMatch(/\S{3}/);
  });

  it('epochs: takes the best one, and says how far another is from it', () => {
    if (epochs.points !== 'epoch') throw new Error('It points at epochs.');
    const best = posed(epochs.ask({ epochs: [1, 2, 3], accuracy: [0.1, 0.5, 0.4] }));
    expect(best.check(2)).toEqual({
      right: true,
      why: 'After epoch 2 it was 0.5000, and never higher.',
    });
    expect(best.check(3)).toEqual({
      right: false,
      why: 'After epoch 3 it was 0.4000; after another one it was 0.5000.',
    });
    expect(reason(epochs.ask({ epochs: [1], accuracy: [0.1] }))).toMatch('two epochs or more');
    // As while batch norm's statistics lag.
    expect(reason(epochs.ask({ epochs: [1, 2], accuracy: [0.1, 0.1] }))).toMatch(
      'validation accuracy was 0.1000',
    );
  });

  it('positions: takes a kernel that differs by more than half from the marked one', () => {
    if (positions.points !== 'position') throw new Error('It points at positions.');
    const question = posed(
      positions.ask(
        layer((_, column) => (column < 2 ? edge : blur)),
        signed,
      ),
    );
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
      reason(
        positions.ask(
          layer(() => edge),
          signed,
        ),
      ),
    ).toMatch('much the same');
  });

  it('pixel: takes a distant position with nearly the same kernel', () => {
    if (pixel.points !== 'position') throw new Error('It points at positions.');
    const scaled = (row: number, column: number) => edge.map((w) => w * (1 + row + 10 * (column % 5)));
    const question = posed(pixel.ask(layer(scaled, 10), signed));
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
      reason(
        pixel.ask(
          layer((r, c) => edge.map((w) => w * 2 ** (6 * r + c))),
          signed,
        ),
      ),
    ).toMatch('No two distant kernels');
  });

  it('neighbour: takes a kernel whose weight there is a few per cent of the largest at most', () => {
    if (neighbour.points !== 'position') throw new Error('It points at positions.');
    expect([tapOf(3, { right: 1, down: 0 }), tapOf(3, { right: 0, down: -1 })]).toEqual([5, 1]);
    expect([tapOf(5, { right: -1, down: 0 }), tapOf(4, { right: 0, down: 1 })]).toEqual([11, 9]);
    expect(shareOfTap(Float32Array.from(edge), 5)).toBe(1);
    expect(shareOfTap(new Float32Array(9), 5)).toBe(1);
    const blind = [1, 1, 1, 1, 4, 0.04, 1, 1, 1];
    const question = posed(
      neighbour.ask(
        layer((row) => (row === 0 ? blind : blur)),
        signed,
      ),
    );
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
    const other = posed(
      neighbour.ask(
        layer((row) => (row === 0 ? upper : blur)),
        signed,
      ),
    );
    expect(other.text).toContain(percent('its upper neighbour: that weight is at most 10 %'));
    expect(other.check(at(0, 0)).right).toBe(true);
    expect(
      reason(
        neighbour.ask(
          layer(() => blur),
          signed,
        ),
      ),
    ).toMatch('ignores a neighbour');
  });

  it('attention: takes a negative weight, which no softmax gives', () => {
    if (attention.points !== 'position') throw new Error('It points at positions.');
    const question = posed(
      attention.ask(
        layer((row) => (row < 3 ? edge : blur)),
        signed,
      ),
    );
    expect(question.check(at(0, 0))).toMatchObject({ right: true, why: expect.stringContaining('−2.000') });
    expect(question.check(at(5, 0))).toMatchObject({ right: false, why: expect.stringContaining('1.000') });
    // What may be rounding is none; where most have one, what fewer have is asked for.
    const average = blur.map((w) => w / 9);
    expect(
      reason(
        attention.ask(
          layer(() => [...average.slice(1), -0.001]),
          signed,
        ),
      ),
    ).toMatch('might be a softmax’s');
    const dark = edge.map((w) => w - 1);
    const darker = posed(
      attention.ask(
        layer((row) => (row < 2 ? dark : edge)),
        signed,
      ),
    );
    expect(darker.text).toContain('less than 0.');
    expect(darker.check(at(0, 0))).toEqual({
      right: true,
      why: 'Its smallest weight is −3.000 and they sum to −9.000; a softmax’s are positive and sum to 1.',
    });
    expect(darker.check(at(4, 0)).right).toBe(false);
    const brighter = posed(
      attention.ask(
        layer((row) => (row < 2 ? blur : average)),
        signed,
      ),
    );
    expect(brighter.text).toContain('more than 1.1');
    expect([brighter.check(at(1, 1)).right, brighter.check(at(2, 1)).right]).toEqual([true, false]);
  });

  it('attention, of a layer that is attention: takes a position that looks at itself', () => {
    if (attention.points !== 'position') throw new Error('It points at positions.');
    const softmax = { constants: { sum: 'a softmax sums to 1' } };
    const self = [0.1, 0.1, 0.1, 0.1, 0.2, 0.1, 0.1, 0.1, 0.1];
    const aside = [0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];
    const question = posed(
      attention.ask(
        layer((row) => (row === 2 ? self : aside)),
        softmax,
      ),
    );
    expect(question.check(at(2, 2))).toEqual({
      right: true,
      why: 'That weight is 0.200, and none is larger.',
    });
    expect(question.check(at(3, 2))).toEqual({
      right: false,
      why: 'That weight is 0.100; the largest is 0.200.',
    });
    expect(
      reason(
        attention.ask(
          layer(() => aside),
          softmax,
        ),
      ),
    ).toMatch('look the same way');
  });

  it('attention, where none or all look at themselves: asks for the neighbour that some look at', () => {
    if (attention.points !== 'position') throw new Error('It points at positions.');
    const lower = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 0.1];
    const upper = [0.1, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];
    const asked = posed(
      attention.ask(
        layer((row) => (row < 2 ? lower : upper)),
        { constants: { sum: 'a softmax sums to 1' } },
      ),
    );
    expect(asked.text).toContain('looks at its lower neighbour most');
    expect([asked.check(at(1, 1)).right, asked.check(at(2, 1)).right]).toEqual([true, false]);
  });

  it('asks what not most of the run’s own pixels answer, and says so where nothing is like that', () => {
    if (positions.points !== 'position' || pixel.points !== 'position') throw new Error('They do.');
    if (neighbour.points !== 'position' || attention.points !== 'position') throw new Error('They do.');
    // All far from each other, but for a few pairs.
    const far = layer((row, column) => edge.map((w) => w * 3 ** (6 * row + column)));
    expect(reason(positions.ask(far, signed))).toMatch('any answer would be right');
    // As behind a ReLU that stops all of a dull image.
    const dull = layer(() => edge);
    expect(reason(pixel.ask(dull, signed))).toMatch('any answer would be right');
    expect(reason(neighbour.ask(dull, signed))).toMatch('any answer would be right');
    expect(reason(attention.ask(dull, signed))).toMatch('any answer would be right');
    // Half of the pixels ten per cent apart, a few by a fifth: less than half is asked for then.
    const faint = layer((row, column) => edge.map((w) => w * (row === 5 ? 1.3 : 1 + 0.02 * (column % 2))));
    expect(posed(positions.ask(faint, signed)).text).toContain(percent('by more than 10 %'));
    // In a layer of 4×4 two away is far.
    const small = layer((row, column) => edge.map((w) => w * (1 + ((row + column) % 3))), 4);
    expect(posed(pixel.ask(small, signed)).text).toContain('at least 2 away');
  });

  it('mistakes: takes the largest number off the diagonal', () => {
    if (mistakes.points !== 'cell') throw new Error('It points at cells.');
    const classes = ['cat', 'dog'];
    const question = posed(
      mistakes.ask({
        classes,
        confusion: [
          [90, 3],
          [7, 80],
        ],
      }),
    );
    expect(question.check({ label: 1, predicted: 0 })).toEqual({
      right: true,
      why: 'dog taken for cat: 7 times, and no other more often.',
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
      reason(
        mistakes.ask({
          classes,
          confusion: [
            [9, 0],
            [0, 8],
          ],
        }),
      ),
    ).toMatch('makes no mistake');
  });

  it('mistakes: is not asked where all are as frequent', () => {
    if (mistakes.points !== 'cell') throw new Error('It points at cells.');
    const confusion = [
      [9, 2],
      [2, 8],
    ];
    expect(reason(mistakes.ask({ classes: ['cat', 'dog'], confusion }))).toMatch('as often as any other');
  });

  it('finds something in every image that can be answered, whatever is asked', () => {
    const random = layer((row, column) => blur.map((_, k) => Math.sin(1 + 7 * row + 3 * column + k * k)), 12);
    for (const step of steps) {
      if (step.points !== 'position') continue;
      const question = posed(step.ask(random, signed));
      const answers = positionsOf(random).filter((position) => question.check(position).right);
      expect(answers.length, step.id).toBeGreaterThan(0);
    }
  });
});
