/**
 * Batch normalisation validates with moving statistics, which, at Keras's momentum of 0.99, after n steps still are
 * 0.99ⁿ of what they began as: a third after 110 steps, a quarter after 138. Until then a network may tell nothing apart
 * in validation that it tells apart in training.
 */
const momentum = 0.99;
const noticeable = 1 / 4;

/** So many steps it takes until moving statistics are mostly those of batches: 1 / (1 − momentum). */
export const stepsOfLag = Math.round(1 / (1 - momentum));

/** Whether that may be why validation is behind training after so many steps. Null: not known yet. */
export function mayLag(steps: number, accuracy: number | null, valAccuracy: number | null): boolean {
  if (accuracy === null || valAccuracy === null) return false;
  return momentum ** steps > noticeable && valAccuracy < accuracy;
}
