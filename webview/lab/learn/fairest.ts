/** At such a share of the positions a question has its answer: pointing anywhere would not do, nor is it a needle. */
const fair = { least: 0.02, most: 0.4 };
/** Where no question has that: beyond these it is not worth asking. */
const bearable = { least: 0.005, most: 0.75 };

/** Why none is asked: next to no position is an answer, or nearly every one. */
export type Dull = 'none' | 'most';

/**
 * Of the ways to ask a question the first that is fair to the reader; else the one that comes closest to it.
 * @param shareOf at which share of the positions it is answered.
 */
export function fairest<T extends object>(ways: Iterable<T>, shareOf: (way: T) => number): T | Dull {
  let [closest, least]: [T | null, number] = [null, Number.POSITIVE_INFINITY];
  let dull: Dull = 'none';
  for (const way of ways) {
    const share = shareOf(way);
    if (share >= fair.least && share <= fair.most) return way;
    if (share > bearable.most) dull = 'most';
    const off = share < fair.least ? fair.least / share : share / fair.most;
    if (share < bearable.least || share > bearable.most || off >= least) continue;
    [closest, least] = [way, off];
  }
  return closest ?? dull;
}
