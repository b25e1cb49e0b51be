import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/**
 * Where one model's training stands. With its weights and its optimizer's slots this is all that is needed to train on as if
 * nothing had happened: numbers survive JSON exactly.
 */
export const Cursor = v.object({
  /** Epochs trained and validated. */
  epoch: count,
  /** Steps done of the epoch that follows; all of them when only its validation is missing. */
  batch: count,
  /** Steps done in all. */
  step: count,
  /** Sums over the epoch that follows. */
  running: v.object({
    /** Σ loss · images, and Σ correct predictions. */
    loss: v.number(),
    correct: v.number(),
    images: count,
    seconds: v.number(),
  }),
  /** The epoch with the highest validation accuracy (of equals, the one with the lower loss). */
  best: v.nullable(v.object({ epoch: count, valAccuracy: v.number(), valLoss: v.nullable(v.number()) })),
  /** For early stopping: the lowest validation loss so far, and the epochs since. */
  patience: v.object({ lowestLoss: v.nullable(v.number()), waited: count }),
  /** Spent on all finished epochs, interruptions left out. */
  seconds: v.number(),
});
export type Cursor = v.InferOutput<typeof Cursor>;

const nothingYet = { loss: 0, correct: 0, images: 0, seconds: 0 };

export const startCursor: Cursor = {
  epoch: 0,
  batch: 0,
  step: 0,
  running: nothingYet,
  best: null,
  patience: { lowestLoss: null, waited: 0 },
  seconds: 0,
};

/** After one more training step. */
export function afterStep(cursor: Cursor, loss: number, correct: number, images: number): Cursor {
  const { running } = cursor;
  return {
    ...cursor,
    batch: cursor.batch + 1,
    step: cursor.step + 1,
    running: {
      ...running,
      loss: running.loss + loss * images,
      correct: running.correct + correct,
      images: running.images + images,
    },
  };
}

/** After the epoch's validation. A validation loss that is not finite is no improvement on any. */
export function afterEpoch(cursor: Cursor, valLoss: number, valAccuracy: number): Cursor {
  const epoch = cursor.epoch + 1;
  const { best, patience } = cursor;
  const loss = Number.isFinite(valLoss) ? valLoss : null;
  const isBest =
    best === null ||
    valAccuracy > best.valAccuracy ||
    (valAccuracy === best.valAccuracy && (loss ?? Infinity) < (best.valLoss ?? Infinity));
  const improves = loss !== null && (patience.lowestLoss === null || loss < patience.lowestLoss);
  return {
    epoch,
    batch: 0,
    step: cursor.step,
    running: nothingYet,
    best: isBest ? { epoch, valAccuracy, valLoss: loss } : best,
    patience: improves ? { lowestLoss: loss, waited: 0 } : { ...patience, waited: patience.waited + 1 },
    seconds: cursor.seconds + cursor.running.seconds,
  };
}
