import * as l10n from '@vscode/l10n';
import { decimal, percent } from '../../../shared/format';
import { countOf, type Stencils, stencilAt, strongest } from '../stencils';
import type { Step } from '../step';

interface Neighbour {
  readonly name: string;
  readonly right: number;
  readonly down: number;
}
const neighbours: readonly Neighbour[] = [
  { name: l10n.t('right'), right: 1, down: 0 },
  { name: l10n.t('left'), right: -1, down: 0 },
  { name: l10n.t('lower'), right: 0, down: 1 },
  { name: l10n.t('upper'), right: 0, down: -1 },
];

/** Up to such a share of the largest weight a neighbour counts as ignored: the first at which one is. */
const shares = [0.05, 0.1, 0.25] as const;

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

/** A neighbour that some kernels ignore, but not most if that can be had. */
function ignored(stencils: Stencils): { neighbour: Neighbour; tap: number; share: number } | null {
  const candidates = shares.flatMap((share) =>
    neighbours.map((neighbour) => {
      const tap = tapOf(stencils.kernelSize, neighbour);
      const count = countOf(stencils, (at) => shareOfTap(stencilAt(stencils, at), tap) <= share);
      return { neighbour, tap, share, count };
    }),
  );
  const answerable = candidates.filter(({ count }) => count > 0);
  return answerable.find(({ count }) => count <= stencils.all.length / 2) ?? answerable[0] ?? null;
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
    if (stencils.kernelSize < 3) return null;
    const found = ignored(stencils);
    if (!found) return null;
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
  otherwise: l10n.t(
    'No kernel of this layer ignores a neighbour on this image. Choose another layer, image or model.',
  ),
};
