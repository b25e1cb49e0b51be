import { hasEnded } from '../../core/runs/lifecycle';
import { idleTraining } from '../../core/runs/trainingState';
import type { RunElsewhere } from '../../protocol/dashboard';
import type { RunCard, SeriesMark, SeriesPatch } from '../../protocol/lab';
import type { RunStore } from '../runStore';

/** Points a model in the small chart: more than a side panel has pixels. */
const chartWidth = 400;

/** What the dashboard shows of the runs that this window does not train, and when that changes. */
export class RunsElsewhere {
  #shown: readonly string[] = [];

  constructor(private readonly runs: RunStore) {}

  /** As the folders tell now. */
  all(): RunElsewhere[] {
    const cards = this.runs.elsewhere();
    this.#shown = cards.map(({ id }) => id);
    return cards.flatMap((card) => this.#drawn(card) ?? []);
  }

  /** Whether a change of these runs is one of what is shown: of a run on show, or one that comes to it. */
  concerns(changed: readonly string[]): boolean {
    return changed.some(
      (id) => this.#shown.includes(id) || typeof this.runs.card(id)?.elsewhere === 'string',
    );
  }

  #drawn({ id, name, state, models, elsewhere }: RunCard): RunElsewhere | undefined {
    const position = this.runs.position(id);
    if (elsewhere === null || !position || state === 'interrupted' || hasEnded(state)) return undefined;
    const training = { ...idleTraining, ...position, models, runFolder: this.runs.path(id), state };
    return { id, name, trainer: elsewhere, training, series: trainingLoss(this.runs, id) };
  }
}

/** The models' loss on the training images, for the small chart. */
export function trainingLoss(
  runs: RunStore,
  run: string,
  known: Readonly<Record<string, SeriesMark>> = {},
): SeriesPatch[] {
  const question = { axis: 'batch', from: null, to: null, smoothing: 0 } as const;
  return runs
    .series({ ...question, metrics: ['loss'], runs: [run], width: chartWidth, known })
    .filter(({ split }) => split === 'train');
}
