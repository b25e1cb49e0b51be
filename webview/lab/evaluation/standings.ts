import type { ModelCard } from '../../../src/core/network/model';
import type { RunCard } from '../../../src/protocol/lab';

/** A model of one or several runs, and its best validation accuracy in each; undefined: the run does not have it. */
export interface Standing {
  readonly model: ModelCard;
  /** In the order of the runs; null: there is none yet. */
  readonly accuracies: readonly (number | null | undefined)[];
}

/** The models of these runs, the best first. Runs have a model in common where its id and its title are the same. */
export function standingsOf(runs: readonly RunCard[]): Standing[] {
  const models = new Map(
    runs.flatMap(({ models }) => models.map((model) => [`${model.id} ${model.title}`, model] as const)),
  );
  const standings = [...models.values()].map(({ id, title }) => ({
    model: { id, title },
    accuracies: runs.map((run) =>
      run.models.some((model) => model.id === id && model.title === title)
        ? (run.bestAccuracy[id] ?? null)
        : undefined,
    ),
  }));
  return standings.toSorted((a, b) => best(b) - best(a));
}

const best = ({ accuracies }: Standing) => Math.max(-1, ...accuracies.map((value) => value ?? -1));
