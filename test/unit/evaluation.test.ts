import { describe, expect, it } from 'vitest';
import { evaluationOf } from '../../src/core/evaluation/evaluation';

const classes = ['cat', 'dog', 'owl'];
const probabilities = Float32Array.of(
  ...[0.7, 0.2, 0.1],
  ...[0.6, 0.3, 0.1],
  ...[0.1, 0.9, 0.0],
  ...[0.5, 0.5, 0.0],
);
const labels = Uint8Array.of(0, 1, 0, 1);

describe('an evaluation', () => {
  const evaluation = evaluationOf('involution', classes, labels, probabilities);

  it('counts true classes against predicted ones', () => {
    expect(evaluation.confusion).toEqual([
      [1, 1, 0],
      [2, 0, 0],
      [0, 0, 0],
    ]);
    expect([...evaluation.predicted]).toEqual([0, 0, 1, 0]);
    expect(evaluation.accuracy).toBe(0.25);
  });

  it('gives each class its accuracy, and none to a class without images', () => {
    expect(evaluation.perClassAccuracy).toEqual([0.5, 0, Number.NaN]);
  });

  it('lists the mistakes, the most confident first', () => {
    expect(evaluation.mistakes.map(({ index }) => index)).toEqual([2, 1, 3]);
    expect(evaluation.mistakes[0]).toMatchObject({
      label: 0,
      predicted: 1,
      confidence: expect.closeTo(0.9, 6),
    });
  });

  it('has the mean cross-entropy as its loss', () => {
    const terms = [0.7, 0.3, 0.1, 0.5].map((p) => -Math.log(p));
    expect(evaluation.loss).toBeCloseTo(terms.reduce((a, b) => a + b) / 4, 6);
  });

  it('takes a certain mistake for a large loss, not an infinite one', () => {
    const certain = evaluationOf('involution', classes, Uint8Array.of(2), Float32Array.of(1, 0, 0));
    expect(certain.loss).toBeCloseTo(-Math.log(1e-7), 4);
  });
});
