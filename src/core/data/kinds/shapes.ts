import * as v from 'valibot';
import { shapesClasses, shapesImageShape } from '../shapes';
import { dataKind } from './dataKind';

export const shapes = dataKind({
  kind: 'shapes',
  title: 'Built-in shapes',
  description: 'ten classes of 32 × 32 pictures, no download',
  phrase: 'the built-in shapes',
  fields: {
    trainCount: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(10),
        v.maxValue(1_000_000),
        v.title('Train images'),
        v.description('How many shapes are drawn for training.'),
        v.metadata({ flags: '--train-count <images>' }),
      ),
      10_000,
    ),
    validationCount: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(10),
        v.maxValue(100_000),
        v.title('Val. images'),
        v.description('How many shapes are drawn for validation.'),
        v.metadata({ flags: '--validation-count <images>' }),
      ),
      2_000,
    ),
  },
  images: { shape: shapesImageShape, classes: shapesClasses.length },
  isSeeded: true,
});
