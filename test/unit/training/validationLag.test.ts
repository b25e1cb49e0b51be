import { describe, expect, it } from 'vitest';
import { mayLag, stepsOfLag } from '../../../src/core/training/validationLag';

describe('validation that lags', () => {
  it('is what the default run shows in its first epochs of 40 steps, and no later', () => {
    // Accuracies of training and validation, epoch by epoch, of the involution network on the built-in shapes, seed 42.
    const epochs = [
      [0.1042, 0.1],
      [0.1361, 0.1],
      [0.1626, 0.136],
      [0.2174, 0.2235],
      [0.2785, 0.2],
    ] as const;
    expect(epochs.map(([train, validation], i) => mayLag(40 * (i + 1), train, validation))).toEqual([
      ...[true, true, true],
      // Ahead of training; and too late for that reason.
      ...[false, false],
    ]);
    expect(stepsOfLag).toBe(100);
  });

  it('is not told before there is anything to compare', () => {
    expect(mayLag(10, null, 0.1)).toBe(false);
    expect(mayLag(10, 0.3, null)).toBe(false);
  });
});
