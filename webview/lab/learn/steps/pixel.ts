import * as l10n from '@vscode/l10n';
import { percent } from '../../../shared/format';
import type { Grid, Position } from '../../kernels/grid';
import { fairest } from '../fairest';
import { difference, distance, marksOf, shareOf, stencilAt } from '../stencils';
import type { Step } from '../step';

/** Within one of these two kernels count as the same: the first that some pixels are, and not most. */
const thresholds = [0.05, 0.02, 0.1, 0.2] as const;
/** Neighbouring pixels are alike anyway; in a small layer less is far. */
const awayIn = ({ height, width }: Grid): number => Math.min(4, Math.min(height, width) >> 1);

export const pixel: Step = {
  id: 'pixel',
  title: l10n.t('The pixel makes its kernel'),
  paragraphs: [
    l10n.t(
      'Nobody stores a kernel for each position. A small network, the generator, makes it from the values that the layer gets at that pixel: a 1×1 convolution reduces its channels, batch normalisation and ReLU follow, and a second 1×1 convolution spans the result to K×K weights.',
    ),
    l10n.t(
      'What is learned is the generator, and it is the same everywhere. In the example’s generator the position itself has no say, and neither have the neighbours: equal pixels get equal kernels, wherever they are.',
    ),
  ],
  learned: l10n.t(
    'The kernel at a pixel is generated from that pixel’s values, by a generator that is learned and the same everywhere.',
  ),
  points: 'position',
  ask(stencils) {
    const away = awayIn(stencils);
    const apart = (a: Position, b: Position) => difference(stencilAt(stencils, a), stencilAt(stencils, b));
    const marks = marksOf(stencils);
    const ways = thresholds.flatMap((threshold) => marks.map((marked) => ({ threshold, marked })));
    const found = fairest(ways, ({ threshold, marked }) =>
      shareOf(
        stencils,
        (other) => apart(marked, other) <= threshold,
        (other) => distance(marked, other) >= away,
      ),
    );
    if (typeof found === 'string')
      return {
        otherwise:
          found === 'none'
            ? l10n.t(
                'No two distant kernels of this layer are alike on this image. Choose another layer, image or model.',
              )
            : l10n.t(
                'Nearly all kernels of this layer are the same on this image, so that any answer would be right. Choose another layer, image or model.',
              ),
      };
    const { threshold, marked } = found;
    return {
      text: l10n.t(
        'Point at another pixel, at least {0} away from the marked one, whose kernel is nearly the same: within {1}.',
        away,
        percent(threshold),
      ),
      marked,
      check(position) {
        if (distance(marked, position) < away)
          return {
            right: false,
            why: l10n.t('That is too close to the mark. Find one at least {0} pixels away.', away),
          };
        const share = apart(marked, position);
        return share <= threshold
          ? {
              right: true,
              why: l10n.t(
                'They differ by {0}: two positions, one kernel, because their pixels are alike for the generator.',
                percent(share, 1),
              ),
            }
          : {
              right: false,
              why: l10n.t('These two differ by {0}. Look for a pixel of the same colour.', percent(share, 1)),
            };
      },
    };
  },
};
