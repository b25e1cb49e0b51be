import * as l10n from '@vscode/l10n';
import { decimal } from '../../../shared/format';
import { countOf, type Stencils, stencilAt, strongest } from '../stencils';
import type { PositionQuestion, Step } from '../step';

/** Less than this share of the largest weight may be rounding. */
const noticeable = 0.05;

export const isSigned = (stencil: Float32Array): boolean =>
  Math.min(...stencil) < -noticeable * strongest(stencil);

/** The weight of its own pixel is the largest. */
export function looksAtItself(stencil: Float32Array, kernelSize: number): boolean {
  const centre = Math.floor((kernelSize - 1) / 2) * (kernelSize + 1);
  return stencil[centre]! >= Math.max(...stencil);
}

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
    constants.sum === undefined ? askForSigns(stencils) : askForItself(stencils),
  otherwise: l10n.t(
    'Each kernel of this layer might be a softmax’s on this image. Choose another layer, image or model.',
  ),
};

const sumOf = (stencil: Float32Array): number => stencil.reduce((sum, weight) => sum + weight, 0);

/** What no softmax gives. */
const signs = [
  {
    text: l10n.t(
      'Point at a pixel whose kernel no softmax can have made: one with a clearly negative weight.',
    ),
    isAnswer: isSigned,
  },
  {
    text: l10n.t('Point at a pixel whose kernel no softmax can have made: its weights sum to less than 0.'),
    isAnswer: (stencil: Float32Array) => sumOf(stencil) < 0,
  },
  {
    text: l10n.t('Point at a pixel whose kernel no softmax can have made: its weights sum to more than 1.1.'),
    isAnswer: (stencil: Float32Array) => sumOf(stencil) > 1.1,
  },
] as const;

/** Of these signs the first that some kernels show, but not most if that can be had. */
function askForSigns(stencils: Stencils): PositionQuestion | null {
  const counted = signs
    .map((sign) => ({ ...sign, count: countOf(stencils, (at) => sign.isAnswer(stencilAt(stencils, at))) }))
    .filter(({ count }) => count > 0);
  const asked = counted.find(({ count }) => count <= stencils.all.length / 2) ?? counted[0];
  if (!asked) return null;
  return {
    text: asked.text,
    check(position) {
      const stencil = stencilAt(stencils, position);
      const facts = [decimal(Math.min(...stencil), 3), decimal(sumOf(stencil), 3)];
      return asked.isAnswer(stencil)
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

/** Of a layer that is attention itself, or another whose weights sum to the same everywhere. */
function askForItself(stencils: Stencils): PositionQuestion | null {
  const { kernelSize } = stencils;
  const answers = (stencil: Float32Array) => looksAtItself(stencil, kernelSize);
  if (countOf(stencils, (at) => answers(stencilAt(stencils, at))) === 0) return null;
  return {
    text: l10n.t(
      'The kernels of this layer sum to the same everywhere. Point at a pixel that looks at itself most: the weight in the middle is the largest.',
    ),
    check(position) {
      const stencil = stencilAt(stencils, position);
      const centre = decimal(stencil[Math.floor((kernelSize - 1) / 2) * (kernelSize + 1)]!, 3);
      const most = decimal(Math.max(...stencil), 3);
      return answers(stencil)
        ? { right: true, why: l10n.t('The weight in the middle is {0}, and none is larger.', centre) }
        : {
            right: false,
            why: l10n.t('The weight in the middle is {0}; the largest is {1}.', centre, most),
          };
    },
  };
}
