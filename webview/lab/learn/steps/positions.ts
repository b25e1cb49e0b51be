import * as l10n from '@vscode/l10n';
import { percent } from '../../../shared/format';
import { difference, markFor, stencilAt } from '../stencils';
import type { Step } from '../step';

/** By more than this two kernels clearly do something different. */
const clearly = 0.5;

export const positions: Step = {
  id: 'positions',
  title: l10n.t('Another kernel at every position'),
  paragraphs: [
    l10n.t(
      'Convolution and involution compute the same kind of sum: every output value is Σ weight × neighbour over the K×K window around its pixel. The K×K weights are the kernel. What differs is who shares them.',
    ),
    l10n.t(
      'A convolution uses the same kernel at every position, and another one for each pair of input and output channel. An involution has another kernel at every position, and uses it for all channels of a group.',
    ),
  ],
  learned: l10n.t(
    'A convolution shares its kernel among positions and not among channels; an involution shares it among channels and not among positions.',
  ),
  points: 'position',
  ask(stencils) {
    const apart = (a: Parameters<typeof stencilAt>[1], b: typeof a) =>
      difference(stencilAt(stencils, a), stencilAt(stencils, b));
    const marked = markFor(stencils, (mark, other) => apart(mark, other) > clearly);
    if (!marked) return null;
    return {
      text: l10n.t(
        'You see the kernel of the marked pixel. Point at a pixel whose kernel differs from it by more than half. In a convolution there is none: the difference is 0 everywhere.',
      ),
      marked,
      check(position) {
        const share = apart(marked, position);
        return share > clearly
          ? {
              right: true,
              why: l10n.t('The two kernels differ by {0}: one layer, two different filters.', percent(share)),
            }
          : {
              right: false,
              why: l10n.t(
                'These two differ by {0} only. Try where the picture is brighter, darker or of another colour.',
                percent(share),
              ),
            };
      },
    };
  },
  otherwise: l10n.t(
    'All kernels of this layer are much the same on this image. Choose another layer, image or model.',
  ),
};
