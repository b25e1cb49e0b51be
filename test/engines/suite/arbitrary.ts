import fc from 'fast-check';
import {
  groupLayouts,
  type InvolutionGeometry,
  involutionGeometry,
  paddings,
} from '../../../src/core/involution/geometry';
import type { Random } from '../../../src/core/random';

/** An involution of any layout and padding, K 1–7, strides 1–3, odd sizes, one channel to all of them in a group. */
export const anyGeometry: fc.Arbitrary<InvolutionGeometry> = fc
  .record({
    batch: fc.integer({ min: 1, max: 2 }),
    height: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 1, max: 9 }),
    groups: fc.integer({ min: 1, max: 6 }),
    perGroup: fc.integer({ min: 1, max: 5 }),
    kernelSize: fc.integer({ min: 1, max: 7 }),
    strides: fc.integer({ min: 1, max: 3 }),
    groupLayout: fc.constantFrom(...groupLayouts),
    padding: fc.constantFrom(...paddings),
  })
  .map(({ batch, height, width, groups, perGroup, padding, ...attributes }) =>
    involutionGeometry([batch, height, width, groups * perGroup], {
      ...{ groups, ...attributes },
      padding: attributes.kernelSize % 2 === 0 ? 'same' : padding,
    }),
  );

/** Seeds of the values that fill the arrays. */
export const anySeed = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** Values in [-1, 1). */
export function randomValues(random: Random, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => random.between(-1, 1));
}
