import type { Evaluation } from '../../../src/core/evaluation/evaluation';
import type { KernelLayer } from '../../../src/core/kernels/kernelLayer';
import type { TourStep } from '../../../src/protocol/lab';
import type { Cell } from '../evaluation/predictions';
import type { Position } from '../kernels/grid';
import type { Stencils } from './stencils';

/** What an answer is worth, and why: in the reader's own numbers. */
export interface Verdict {
  readonly right: boolean;
  readonly why: string;
}

/** A question about what is on screen, and the judge of what is pointed at. */
export interface Question<Pointed> {
  readonly text: string;
  check(pointed: Pointed): Verdict;
}
export interface PositionQuestion extends Question<Position> {
  /** A position that the question speaks of. */
  readonly marked?: Position;
}

/** Validation accuracy, epoch by epoch. */
export interface EpochCurve {
  readonly epochs: readonly number[];
  readonly accuracy: readonly number[];
}

interface Words {
  readonly id: TourStep;
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** What the reader can say now. */
  readonly learned: string;
}

/** Nothing of what is on screen would be an answer, or nearly anything: that, and what to do. */
export interface Unasked {
  readonly otherwise: string;
}

interface Asks<Shown extends unknown[], Asked> {
  ask(...shown: Shown): Asked | Unasked;
}

/** A step of the tour: a page of text, and a question that is answered by pointing at something of one's own run. */
export type Step = Words &
  (
    | ({ readonly points: 'epoch' } & Asks<[EpochCurve], Question<number>>)
    | ({
        readonly points: 'position';
        /** What a convolution of the run has there is shown beside the kernels. */
        readonly besideConvolution?: boolean;
      } & Asks<[Stencils, Pick<KernelLayer, 'constants'>], PositionQuestion>)
    | ({ readonly points: 'cell' } & Asks<[Pick<Evaluation, 'classes' | 'confusion'>], Question<Cell>>)
  );
