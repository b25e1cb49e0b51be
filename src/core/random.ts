/**
 * Seeded random numbers: xoshiro128** 1.1 (Blackman and Vigna), its state filled by splitmix32.
 * Same seeds, same numbers, on every platform: only 32-bit integer arithmetic is used.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** Every further seed opens an independent stream: `new Random(seed, epoch)`. Seeds are integers. */
  constructor(...seeds: number[]) {
    let state = 0;
    const fill = () => {
      state = (state + 0x9e3779b9) | 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return z ^ (z >>> 15);
    };
    for (const seed of seeds) state = fill() ^ seed;
    this.#a = fill();
    this.#b = fill();
    this.#c = fill();
    // The all-zero state is the one that xoshiro never leaves.
    this.#d = fill() | 1;
  }

  /** An integer in [0, 2³²). */
  uint32(): number {
    const scrambled = Math.imul(this.#b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** A float in [low, high). */
  between(low: number, high: number): number {
    return low + (this.uint32() / 0x1_0000_0000) * (high - low);
  }

  /** An integer in [0, limit), each equally likely; limit at most 2³². */
  below(limit: number): number {
    const unbiased = 0x1_0000_0000 - (0x1_0000_0000 % limit);
    let draw = this.uint32();
    while (draw >= unbiased) draw = this.uint32();
    return draw % limit;
  }

  /** Fisher–Yates, in place. */
  shuffle(items: Uint32Array): Uint32Array {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const item = items[last]!;
      items[last] = items[other]!;
      items[other] = item;
    }
    return items;
  }
}

/** Streams that must not share numbers although they share the run's seed. */
const shuffleStream = 1;
const splitStream = 2;
const weightsStream = 3;

/** The order in which an epoch (from 1) visits `count` images: a pure function, so that a resumed epoch can skip to its batch. */
export function shuffledOrder(count: number, seed: number, epoch: number): Uint32Array {
  return new Random(seed, shuffleStream, epoch).shuffle(Uint32Array.from({ length: count }, (_, i) => i));
}

/** The seeds of a network's initialisers, to be drawn layer by layer. */
export function weightSeeds(seed: number): Random {
  return new Random(seed, weightsStream);
}

/** `count` items parted at random: `held` of them (at least 1, at most all but 1) are held out. Both parts ascend. */
export function seededSplit(
  count: number,
  fraction: number,
  seed: number,
  stream: number,
): { kept: Uint32Array; held: Uint32Array } {
  const order = new Random(seed, splitStream, stream).shuffle(
    Uint32Array.from({ length: count }, (_, i) => i),
  );
  const heldCount = Math.min(Math.max(Math.round(count * fraction), 1), count - 1);
  return { held: order.slice(0, heldCount).sort(), kept: order.slice(heldCount).sort() };
}
