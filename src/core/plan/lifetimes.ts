import { type Recording, type Source, sourcesOf } from './recording';

/** For each operation of a recording, the values that nobody needs after it. */
export type Lifetimes = readonly (readonly number[])[];

/**
 * Inputs, constants and results live on.
 * @param later values that are needed until a later operation than the last that takes them
 */
export function lifetimesOf(
  { inputs, operations, constants, results }: Recording,
  later: ReadonlyMap<number, number> = new Map(),
): Lifetimes {
  const last = new Map<Source, number>();
  for (const [index, operation] of operations.entries())
    for (const value of [...('kernel' in operation ? operation.outputs : []), ...sourcesOf(operation)])
      last.set(value, index);
  for (const result of results) last.delete(result);
  const done: number[][] = operations.map(() => []);
  for (const [value, index] of last)
    if (typeof value === 'number' && value >= inputs && !constants.has(value))
      done[Math.max(index, later.get(value) ?? 0)]?.push(value);
  return done;
}
