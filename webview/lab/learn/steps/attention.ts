import * as l10n from '@vscode/l10n';
import { decimal } from '../../../shared/format';
import { fairest } from '../fairest';
import { type Stencils, shareOf, stencilAt, strongest } from '../stencils';
import type { PositionQuestion, Step, Unasked } from '../step';
import { neighbours, tapOf } from './neighbour';

/** Less than this share of the largest weight may be rounding. */
const noticeable = 0.05;

export const isSigned = (stencil: Float32Array): boolean =>
  Math.min(...stencil) < -noticeable * strongest(stencil);

export const attention: Step = {
  id: 'attention',
  title: l10n.t('In what sense it resembles attention'),
  paragraphs: [
    l10n.t(
      'Self-attention within a K×K window computes the same sum: weights that differ at every position, shared by all channels of a head, times the neighbours. With groups for heads, it is an involution. That far the two are one operator.',
    ),
    l10n.t(
      'They differ in the generator. The example’s looks at the pixel alone. Attention’s is pairwise: it compares the pixel’s query with the key of each neighbour, qᵢ·kⱼ / √d, and a softmax makes shares of these scores. It also applies them to a projection of the input (the values), and projects the result.',
    ),
    l10n.t(
      'A softmax gives weights that are positive and sum to 1: an average. The example’s generator is not bound to that.',
    ),
  ],
  learned: l10n.t(
    'Local self-attention is an involution whose generator compares query and keys and ends in a softmax; the example’s generator sees the pixel alone, and its weights may be negative.',
  ),
  points: 'position',
  ask: (stencils, { constants }) =>
    constants.sum === undefined ? askForSigns(stencils) : askForLargest(stencils),
};

const sumOf = (stencil: Float32Array): number => stencil.reduce((sum, weight) => sum + weight, 0);

const inWords = (limit: number): string => decimal(limit, Number.isInteger(limit) ? 0 : 2);

interface Sign {
  readonly text: string;
  isAnswer(stencil: Float32Array): boolean;
}
/** What no softmax gives: the first that some kernels show, and not most, is asked for. */
const signs: readonly Sign[] = [
  {
    text: l10n.t(
      'Point at a pixel whose kernel no softmax can have made: one with a clearly negative weight.',
    ),
    isAnswer: isSigned,
  },
  ...[0, -0.1, -0.25, -0.5, -1].map((limit) => ({
    text: l10n.t(
      'Point at a pixel whose kernel no softmax can have made: its weights sum to less than {0}.',
      inWords(limit),
    ),
    isAnswer: (stencil: Float32Array) => sumOf(stencil) < limit,
  })),
  ...[1.1, 1.25, 1.5, 2, 3].map((limit) => ({
    text: l10n.t(
      'Point at a pixel whose kernel no softmax can have made: its weights sum to more than {0}.',
      inWords(limit),
    ),
    isAnswer: (stencil: Float32Array) => sumOf(stencil) > limit,
  })),
];

function askForSigns(stencils: Stencils): PositionQuestion | Unasked {
  const found = fairest(signs, ({ isAnswer }) =>
    shareOf(stencils, (at) => isAnswer(stencilAt(stencils, at))),
  );
  if (typeof found === 'string')
    return {
      otherwise:
        found === 'none'
          ? l10n.t(
              'Each kernel of this layer might be a softmax’s on this image. Choose another layer, image or model.',
            )
          : l10n.t(
              'Nearly every kernel of this layer is one that no softmax makes, so that any answer would be right. Choose another layer, image or model.',
            ),
    };
  return {
    text: found.text,
    check(position) {
      const stencil = stencilAt(stencils, position);
      const facts = [decimal(Math.min(...stencil), 3), decimal(sumOf(stencil), 3)];
      return found.isAnswer(stencil)
        ? {
            right: true,
            why: l10n.t(
              'Its smallest weight is {0} and they sum to {1}; a softmax’s are positive and sum to 1.',
              ...facts,
            ),
          }
        : { right: false, why: l10n.t('Its smallest weight is {0} and they sum to {1}.', ...facts) };
    },
  };
}

const itself = {
  text: l10n.t(
    'The kernels of this layer sum to the same everywhere. Point at a pixel that looks at itself most: the weight in the middle is the largest.',
  ),
  right: 0,
  down: 0,
};

/** Of a layer that is attention itself, or another whose weights sum to the same everywhere. */
function askForLargest(stencils: Stencils): PositionQuestion | Unasked {
  const { kernelSize } = stencils;
  const around = neighbours.map(({ name, ...place }) => ({
    ...place,
    text: l10n.t(
      'The kernels of this layer sum to the same everywhere. Point at a pixel that looks at its {0} neighbour most: that weight is the largest.',
      name,
    ),
  }));
  const ways = kernelSize < 3 ? [itself] : [itself, ...around];
  const isLargest = (stencil: Float32Array, tap: number) => stencil[tap]! >= Math.max(...stencil);
  const found = fairest(ways, (way) =>
    shareOf(stencils, (at) => isLargest(stencilAt(stencils, at), tapOf(kernelSize, way))),
  );
  if (typeof found === 'string')
    return {
      otherwise: l10n.t(
        'All kernels of this layer look the same way on this image. Choose another layer, image or model.',
      ),
    };
  const tap = tapOf(kernelSize, found);
  return {
    text: found.text,
    check(position) {
      const stencil = stencilAt(stencils, position);
      const own = decimal(stencil[tap]!, 3);
      const most = decimal(Math.max(...stencil), 3);
      return isLargest(stencil, tap)
        ? { right: true, why: l10n.t('That weight is {0}, and none is larger.', own) }
        : { right: false, why: l10n.t('That weight is {0}; the largest is {1}.', own, most) };
    },
  };
}
