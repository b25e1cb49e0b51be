import * as l10n from '@vscode/l10n';
import { decimal, percent } from '../../../shared/format';
import { type Dull, fairest } from '../fairest';
import { type Stencils, shareOf, stencilAt, strongest } from '../stencils';
import type { Step } from '../step';

interface Neighbour {
  readonly name: string;
  readonly right: number;
  readonly down: number;
}
export const neighbours: readonly Neighbour[] = [
  { name: l10n.t('right'), right: 1, down: 0 },
  { name: l10n.t('left'), right: -1, down: 0 },
  { name: l10n.t('lower'), right: 0, down: 1 },
  { name: l10n.t('upper'), right: 0, down: -1 },
];

/** Up to one of these shares of the largest weight a neighbour counts as ignored: the first at which some kernels do. */
const shares = [0.05, 0.1, 0.25, 0.02] as const;

/** The place of a neighbour's weight in a kernel of K×K. */
export function tapOf(kernelSize: number, { right, down }: Pick<Neighbour, 'right' | 'down'>): number {
  const centre = Math.floor((kernelSize - 1) / 2);
  return (centre + down) * kernelSize + centre + right;
}

/** How much of its largest weight a kernel gives to one tap; 1 for a kernel of zeros, which ignores nothing in particular. */
export function shareOfTap(stencil: Float32Array, tap: number): number {
  const most = strongest(stencil);
  return most === 0 ? 1 : Math.abs(stencil[tap]!) / most;
}

/** A neighbour that some kernels ignore, and not most. */
function ignored(stencils: Stencils): { neighbour: Neighbour; tap: number; share: number } | Dull {
  const ways = shares.flatMap((share) =>
    neighbours.map((neighbour) => ({ neighbour, tap: tapOf(stencils.kernelSize, neighbour), share })),
  );
  return fairest(ways, ({ tap, share }) =>
    shareOf(stencils, (at) => shareOfTap(stencilAt(stencils, at), tap) <= share),
  );
}

export const neighbour: Step = {
  id: 'neighbour',
  title: l10n.t('What a kernel does'),
  paragraphs: [
    l10n.t(
      'Read a kernel as a recipe for one output value: the weight in the middle says how much of the pixel itself goes in, the others how much of each neighbour. All positive: it blurs. Positive beside negative: it answers to edges in that direction. Near zero: that neighbour is ignored.',
    ),
    l10n.t(
      'So say what you see, with the numbers: “here it subtracts what is on the left from what is on the right”.',
    ),
  ],
  learned: l10n.t(
    'The kernel at a pixel says how much of each neighbour goes into the output there; a weight near zero ignores one.',
  ),
  points: 'position',
  ask(stencils) {
    if (stencils.kernelSize < 3)
      return {
        otherwise: l10n.t(
          'The kernels of this layer have no neighbours on all sides. Choose another layer or model.',
        ),
      };
    const found = ignored(stencils);
    if (typeof found === 'string')
      return {
        otherwise:
          found === 'none'
            ? l10n.t(
                'No kernel of this layer ignores a neighbour on this image. Choose another layer, image or model.',
              )
            : l10n.t(
                'Nearly all kernels of this layer ignore the same neighbour on this image, so that any answer would be right. Choose another layer, image or model.',
              ),
      };
    const { neighbour, tap, share } = found;
    return {
      text: l10n.t(
        'Find a pixel whose kernel ignores its {0} neighbour: that weight is at most {1} of the largest in size.',
        ...[neighbour.name, percent(share)],
      ),
      check(position) {
        const stencil = stencilAt(stencils, position);
        const own = shareOfTap(stencil, tap);
        const facts = [neighbour.name, decimal(stencil[tap]!, 3), percent(own)];
        return own <= share
          ? {
              right: true,
              why: l10n.t(
                'The weight of the {0} neighbour is {1}, {2} of the largest: whatever is there hardly counts here.',
                ...facts,
              ),
            }
          : {
              right: false,
              why: l10n.t('Here the weight of the {0} neighbour is {1}, {2} of the largest.', ...facts),
            };
      },
    };
  },
};
