/** Ascending places moved apart as little as that takes: none nearer than `gap` to the next, and none beyond `limit`. */
export function spreadOut(places: readonly number[], gap: number, limit: number): number[] {
  const apart: number[] = [];
  for (const place of places) apart.push(Math.max(place, (apart.at(-1) ?? Number.NEGATIVE_INFINITY) + gap));
  for (let i = apart.length - 1, most = limit; i >= 0 && apart[i]! > most; i--, most -= gap) apart[i] = most;
  return apart;
}
