import * as v from 'valibot';
import { integer, kernelSize } from '../fields';
import { preset } from './preset';
import { bodyParameters, residualNetwork } from './residualBody';

/** Channels that share a kernel, in the paper. */
const groupChannels = 16;

/** ⌊channels / 16⌋ groups, or as many fewer as divide the channels. */
function groupsOf(channels: number): number {
  let groups = Math.max(1, Math.floor(channels / groupChannels));
  while (channels % groups !== 0) groups--;
  return groups;
}

export const rednet = preset({
  id: 'rednet',
  title: 'RedNet',
  description:
    'The residual network of the paper: ResNet’s body with involutions in place of 3×3 convolutions.',
  parameters: v.strictObject({
    ...bodyParameters,
    kernelSize: v.optional(kernelSize, 7),
    reductionRatio: v.optional(
      integer('Reduction ratio', 'Generators are ⌊channels / reduction ratio⌋ wide.', 1, 16),
      4,
    ),
  }),
  network: ({ reductionRatio, ...parameters }) =>
    residualNetwork(`rednet${parameters.depth}`, parameters, (channels, windows) => ({
      ...{ kind: 'involution', ...windows, groups: groupsOf(channels) },
      ...{ groupLayout: 'contiguous', padding: 'symmetric' },
      generator: {
        kind: 'bottleneck',
        reductionRatio,
        ...{ reductionBias: false, epsilon: 1e-5, momentum: 0.9 },
      },
    })),
});
