import type { KernelLayer } from './kernelLayer';

/** What stands among `others` where number `place` of `count` does: the first for the first, the last for the last. */
export function counterpartOf<T>(others: readonly T[], place: number, count: number): T {
  const share = count > 1 ? place / (count - 1) : 0;
  return others[Math.round(share * (others.length - 1))]!;
}

/**
 * Which layer of another network a layer is compared with, by number: the one of its name; else, of those with as many
 * positions, and of them those whose kernels are made in the same way, the one as deep; else the one in its place.
 */
export function pairedPlace(
  layers: readonly KernelLayer[],
  place: number,
  others: readonly KernelLayer[],
): number {
  const { name, height, width, generator } = layers[place]!;
  const sameName = others.findIndex((other) => other.name === name);
  if (sameName >= 0) return sameName;
  const places = [...others.keys()];
  const sameSize = places.filter((i) => others[i]!.height === height && others[i]!.width === width);
  const sameKind = sameSize.filter((i) => others[i]!.generator === generator);
  const candidates = [sameKind, sameSize].find(({ length }) => length > 0);
  if (!candidates) return counterpartOf(places, place, layers.length);
  const peers = [...layers.keys()].filter((i) => layers[i]!.height === height && layers[i]!.width === width);
  return counterpartOf(candidates, peers.indexOf(place), peers.length);
}
