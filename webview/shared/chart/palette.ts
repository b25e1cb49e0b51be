import type { ModelId } from '../../../src/core/network/model';
import type { RunCard, SplitName } from '../../../src/protocol/lab';

/** How a model is drawn wherever it is: in charts, tables and exports. */
export interface Look {
  /** Theme token, without `--vscode-`. */
  readonly color: string;
  /** The dashes of its lines, in pixels; none: solid. */
  readonly dash: Readonly<Record<SplitName, readonly number[]>>;
}

/** Theme colours that package.json contributes: involutionLab.model1 … model6. */
const colors = 6;

/**
 * Training is solid and validation dashed. Where the colours begin anew, dashes tell the models apart: no two patterns
 * are alike, and training always covers more of its line than validation.
 */
const dashes: readonly Look['dash'][] = [
  { train: [], validation: [5, 4] },
  { train: [14, 3, 3, 3], validation: [2, 3] },
  { train: [14, 3, 2, 3, 2, 3], validation: [5, 3, 1, 3] },
  { train: [24, 4], validation: [1, 5] },
];

/** The look at a place, counted from 0 over all models shown. */
export function lookAt(place: number): Look {
  const round = Math.floor(place / colors) % dashes.length;
  return { color: `involutionLab-model${(place % colors) + 1}`, dash: dashes[round]! };
}

export type LookOf = (run: string, model: ModelId) => Look;

/** The looks of the runs shown: the first run's models have those of their places in it, further runs take the next. */
export function looksOf(runs: readonly Pick<RunCard, 'id' | 'models'>[]): LookOf {
  const looks = new Map<string, Look>();
  for (const { id, models } of runs)
    for (const model of models) looks.set(`${id}/${model.id}`, lookAt(looks.size));
  // A model that its run does not have is not drawn.
  return (run, model) => looks.get(`${run}/${model}`) ?? lookAt(0);
}

/** The value of a look's colour in CSS. */
export const cssColor = ({ color }: Pick<Look, 'color'>): string => `var(--vscode-${color})`;
