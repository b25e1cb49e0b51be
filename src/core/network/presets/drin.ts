import * as v from 'valibot';
import { integer, kernelSize } from '../fields';
import { preset } from './preset';
import { convolution, norm, relu } from './residualBody';

/** Meng et al., "Deep residual involution network for hyperspectral image classification" (2021), zhe-meng/DRIN. */
export const drin = preset({
  id: 'drin',
  title: 'DRIN',
  description: 'A small residual network of involutions at full size, made for images of many bands.',
  parameters: v.strictObject({
    width: v.optional(integer('Width', 'Channels between blocks.', 4, 1024), 96),
    innerWidth: v.optional(integer('Inner width', 'Channels of the involutions.', 1, 1024), 24),
    depth: v.optional(integer('Depth', 'Residual blocks.', 1, 64), 3),
    kernelSize: v.optional(kernelSize, 5),
    groups: v.optional(
      integer('Groups', 'Kernels per position; each serves its group of channels.', 1, 1024),
      24,
    ),
    reductionRatio: v.optional(
      integer('Reduction ratio', 'Generators are ⌊inner width / reduction ratio⌋ wide.', 1, 1024),
      4,
    ),
  }),
  network({ width, innerWidth, depth, kernelSize, groups, reductionRatio }) {
    const involution = {
      ...{ kind: 'involution', kernelSize, groups, groupLayout: 'contiguous', padding: 'symmetric' },
      generator: {
        ...{ kind: 'bottleneck', reductionRatio, reductionBias: false },
        ...{ epsilon: norm.epsilon, momentum: norm.momentum },
      },
    };
    const main = [
      ...[norm, relu, convolution(innerWidth, 1)],
      ...[norm, relu, involution],
      ...[norm, relu, convolution(width, 1)],
    ];
    return {
      name: 'drin',
      layers: [
        convolution(width, 1),
        ...Array.from({ length: depth }, () => ({ kind: 'residual', main })),
        ...[norm, relu, { kind: 'global-average-pool' }, { kind: 'dense', units: 'classes' }],
      ],
    };
  },
});
