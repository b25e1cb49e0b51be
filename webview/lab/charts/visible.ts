/** The models of runs whose lines are put out of sight, by "run/model". */
export type Hidden = ReadonlySet<string>;

export const modelKey = ({ run, model }: { run: string; model: string }): string => `${run}/${model}`;

/** One more or one less in sight. */
export function toggled(hidden: Hidden, key: string): Hidden {
  const next = new Set(hidden);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** That one alone; all again, if no other is in sight. (Of a double click, the first one has toggled it.) */
export function soloed(hidden: Hidden, key: string, all: readonly string[]): Hidden {
  const others = all.filter((each) => each !== key);
  return new Set(others.every((other) => hidden.has(other)) ? [] : others);
}
