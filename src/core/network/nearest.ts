/** What a number could be instead, the nearest first. */

/** Divisors of `count`: the one below and the one above. */
export function divisorsAround(count: number, wanted: number): number[] {
  const divisors = Array.from({ length: count }, (_, i) => i + 1).filter((each) => count % each === 0);
  const around = [divisors.findLast((each) => each < wanted), divisors.find((each) => each > wanted)];
  return nearestFirst(around, wanted);
}

/** Multiples of `part`. */
export function multiplesAround(part: number, wanted: number): number[] {
  const below = Math.floor(wanted / part) * part;
  return nearestFirst([below > 0 ? below : undefined, below + part], wanted);
}

export const oddAround = (even: number): number[] => [even - 1, even + 1];

const nearestFirst = (numbers: (number | undefined)[], wanted: number): number[] =>
  numbers
    .filter((each) => each !== undefined)
    .toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted));
