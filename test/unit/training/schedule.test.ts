import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchEvent, EpochEvent, RunEvent } from '../../../src/core/runs/events';
import { afterEpoch, startCursor } from '../../../src/core/training/cursor';
import { TrainingMeter } from '../../../src/core/training/meter';
import { learningRateAt } from '../../../src/core/training/schedule';

describe('the learning rate', () => {
  const length = { epochs: 4, stepsPerEpoch: 10 };

  it('stays', () => {
    expect(learningRateAt({ kind: 'constant' }, 0.1, 40, length)).toBe(0.1);
  });

  it("falls along Keras's CosineDecay(0.1, 40, alpha=0.05)", () => {
    const rate = (step: number) => learningRateAt({ kind: 'cosine', finalFraction: 0.05 }, 0.1, step, length);
    const keras = [
      [1, 0.10000000149011612],
      [2, 0.09985356777906418],
      [14, 0.0773186907172203],
      [40, 0.00514642521739006],
      [41, 0.005000000353902578],
    ] as const;
    for (const [step, expected] of keras) expect(rate(step)).toBeCloseTo(expected, 7);
  });

  it('is multiplied after every so many epochs, at their first step', () => {
    const rate = (step: number) => learningRateAt({ kind: 'step', every: 2, factor: 0.5 }, 0.8, step, length);
    expect([1, 20, 21, 40, 41].map(rate)).toEqual([0.8, 0.8, 0.4, 0.4, 0.2]);
  });

  it('sets in over the warm-up, in equal steps of what its schedule has', () => {
    const at = (warmupEpochs: number) => (step: number) =>
      learningRateAt({ kind: 'constant' }, 0.8, step, { ...length, warmupEpochs });
    const first = [1, 2, 10, 19, 20, 21, 40];
    expect(first.map(at(2))).toEqual([0.04, 0.08, 0.4, 0.76, 0.8, 0.8, 0.8]);
    expect([1, 4, 5, 6].map(at(0.5))).toEqual([0.16, 0.64, 0.8, 0.8]);
    expect(first.map(at(0))).toEqual(first.map(() => 0.8));
  });

  it('warms up to any schedule, which counts from the beginning of the run', () => {
    for (const schedule of [
      { kind: 'cosine', finalFraction: 0.1 },
      { kind: 'step', every: 1, factor: 0.5 },
    ] as const)
      for (let step = 1; step <= 40; step++)
        expect(learningRateAt(schedule, 0.1, step, { ...length, warmupEpochs: 1.5 })).toBeCloseTo(
          learningRateAt(schedule, 0.1, step, length) * Math.min(1, step / 15),
          15,
        );
  });

  it('never rises', () => {
    const schedules = fc.oneof(
      fc.record({
        kind: fc.constant('cosine' as const),
        finalFraction: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      fc.record({
        kind: fc.constant('step' as const),
        every: fc.integer({ min: 1, max: 5 }),
        factor: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    );
    fc.assert(
      fc.property(schedules, fc.integer({ min: 1, max: 39 }), (schedule, step) => {
        const [now, next] = [step, step + 1].map((each) => learningRateAt(schedule, 0.01, each, length));
        expect(next!).toBeLessThanOrEqual(now!);
      }),
    );
  });
});

describe('the cursor', () => {
  const cursorAfter = (...epochs: [valLoss: number, valAccuracy: number][]) =>
    epochs.reduce((cursor, [loss, accuracy]) => afterEpoch(cursor, loss, accuracy), startCursor);

  it('keeps the epoch with the highest validation accuracy, of equals the one with the lower loss', () => {
    expect(cursorAfter([1, 0.5], [0.9, 0.6], [0.8, 0.4]).best).toEqual({
      epoch: 2,
      valAccuracy: 0.6,
      valLoss: 0.9,
    });
    expect(cursorAfter([1, 0.5], [0.9, 0.5], [0.95, 0.5]).best).toMatchObject({ epoch: 2, valLoss: 0.9 });
    expect(cursorAfter([Number.NaN, 0.5], [3, 0.5]).best).toMatchObject({ epoch: 2, valLoss: 3 });
  });

  it('counts the epochs without a lower validation loss', () => {
    expect(cursorAfter([1, 0], [1, 0], [2, 0]).patience).toEqual({ lowestLoss: 1, waited: 2 });
    expect(cursorAfter([1, 0], [2, 0], [0.5, 0]).patience).toEqual({ lowestLoss: 0.5, waited: 0 });
    expect(cursorAfter([1, 0], [Number.NaN, 0], [Infinity, 0]).patience).toEqual({
      lowestLoss: 1,
      waited: 2,
    });
  });

  it('survives JSON as it is', () => {
    const cursor = cursorAfter([1 / 3, 2 / 3], [0.1 + 0.2, 1 / 7]);
    expect(JSON.parse(JSON.stringify(cursor))).toEqual(cursor);
  });
});

describe('the meter', () => {
  const spec = { epochs: 2, batchSize: 100 };
  const batch = (model: BatchEvent['model'], epoch: number, number: number, time: number): RunEvent => ({
    ...{ type: 'batch', model, epoch, batch: number, step: 10 * (epoch - 1) + number, time },
    ...{ loss: 1 / number, accuracy: 0.5 },
  });
  const epoch = (model: EpochEvent['model'], number: number, seconds: number): RunEvent => ({
    ...{ type: 'epoch', model, epoch: number, step: 10 * number, time: 0, seconds, learningRate: 0.1 },
    ...{ loss: 1, accuracy: 0.5, valLoss: 2, valAccuracy: 0.4 },
  });
  const meter = (...events: RunEvent[]) => {
    const meter = new TrainingMeter(spec, ['involution', 'convolution'], 10);
    for (const event of events) meter.observe(event);
    return meter.position();
  };

  it('begins at nothing', () => {
    expect(meter()).toMatchObject({
      model: null,
      fraction: 0,
      imagesPerSecond: 0,
      secondsLeft: null,
      metrics: {},
    });
  });

  it('measures the rate over the latest batches of one model', () => {
    const events = [1, 2, 3, 4].map((number) => batch('involution', 1, number, 1000 + 50 * number));
    expect(meter(...events)).toMatchObject({
      model: 'involution',
      epoch: 1,
      batch: 4,
      imagesPerSecond: 2000,
    });
    expect(meter(...events).fraction).toBeCloseTo(4 / 40);
    // Switching models is not training slowly.
    const after = [...events, batch('convolution', 1, 1, 9000), batch('convolution', 1, 2, 9100)];
    expect(meter(...after).imagesPerSecond).toBeCloseTo(1000);
  });

  it('knows what is left once it knows the speed of each model', () => {
    const first = [epoch('involution', 1, 3)];
    expect(meter(...first).secondsLeft).toBeNull();
    const both = [...first, epoch('convolution', 1, 20)];
    expect(meter(...both).secondsLeft).toBeCloseTo(23);
    expect(meter(...both, batch('involution', 2, 5, 0)).secondsLeft).toBeCloseTo(1.5 + 20);
    const end: RunEvent = {
      type: 'modelEnd',
      time: 0,
      model: 'convolution',
      epoch: 1,
      step: 10,
      reason: 'early-stopping',
    };
    expect(meter(...both, end).secondsLeft).toBeCloseTo(3);
    expect(meter(...both, end).fraction).toBeCloseTo(0.75);
  });

  it('shows the validation of the last epoch beside the loss of the last batch', () => {
    const { metrics } = meter(epoch('involution', 1, 3), batch('involution', 2, 4, 0));
    expect(metrics.involution).toEqual({ loss: 0.25, accuracy: 0.5, valLoss: 2, valAccuracy: 0.4 });
  });
});
