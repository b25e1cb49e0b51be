import * as l10n from '@vscode/l10n';
import { percent } from '../../../shared/format';
import { fairest } from '../fairest';
import { difference, marksOf, shareOf, stencilAt } from '../stencils';
import type { Step } from '../step';

/** By more than one of these two kernels do something different: the first that not most pixels of the image reach. */
const thresholds = [0.5, 0.75, 1, 0.25, 0.1] as const;

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
  besideConvolution: true,
  ask(stencils) {
    const apart = (a: Parameters<typeof stencilAt>[1], b: typeof a) =>
      difference(stencilAt(stencils, a), stencilAt(stencils, b));
    const marks = marksOf(stencils);
    const ways = thresholds.flatMap((threshold) => marks.map((marked) => ({ threshold, marked })));
    const found = fairest(ways, ({ threshold, marked }) =>
      shareOf(stencils, (other) => apart(marked, other) > threshold),
    );
    if (typeof found === 'string')
      return {
        otherwise:
          found === 'none'
            ? l10n.t(
                'All kernels of this layer are much the same on this image. Choose another layer, image or model.',
              )
            : l10n.t(
                'Hardly two kernels of this layer are alike on this image, so that any answer would be right. Choose another layer, image or model.',
              ),
      };
    const { threshold, marked } = found;
    return {
      text: l10n.t(
        'You see the kernel of the marked pixel. Point at a pixel whose kernel differs from it by more than {0}. In a convolution there is none: the difference is 0 everywhere.',
        percent(threshold),
      ),
      marked,
      check(position) {
        const share = apart(marked, position);
        return share > threshold
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
};
