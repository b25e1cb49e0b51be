import * as v from 'valibot';
import { integer, kernelSize } from '../fields';
import { blocks, depth, head } from './exampleBody';
import { preset } from './preset';

export const convolution = preset({
  id: 'convolution',
  title: 'Convolution',
  description: 'The convolutional network of the Keras example: three convolutions of 32, 64 and 64 filters.',
  parameters: v.strictObject({
    width: v.optional(
      integer('Width', 'Filters of the first convolution; the others have twice as many.', 1, 1024),
      32,
    ),
    depth,
    kernelSize: v.optional(kernelSize, 3),
    groups: v.optional(
      integer('Groups', 'Parts that see their own channels only, from the second convolution on.', 1, 1024),
      1,
    ),
  }),
  network({ width, depth, kernelSize, groups }) {
    const convolve = (i: number) => ({
      ...{ kind: 'convolution', kernelSize },
      ...(i === 0 ? { filters: width } : { filters: 2 * width, groups }),
    });
    return { name: 'sequential', layers: [...blocks(depth, convolve, (i) => `relu${i + 1}`), ...head] };
  },
});
