import { lifetimesOf } from './lifetimes';
import type { Recording } from './recording';

/** Bytes for batches of any size: `fixed + count · perInput`. */
interface Bytes {
  readonly fixed: number;
  readonly perInput: number;
}

/** What a recorded function's values take on its first calls, before there is a plan: later ones take less. */
export interface MemoryDemand {
  bytes(count: number): number;
  /** The largest count that takes no more than so many bytes; 0 where there is none. */
  most(bytes: number): number;
}

/**
 * Known from recordings of two counts; null where it did not do the same with both. A batch that is larger than the first
 * of them is rehearsed, so that values are given up in time; with others all are kept to the end.
 */
export function memoryDemand(
  [few, fewCount]: readonly [recording: Recording, count: number],
  [more, moreCount]: readonly [recording: Recording, count: number],
): MemoryDemand | null {
  const [small, large] = [bytesAlive(few), bytesAlive(more)];
  if (small.length !== large.length) return null;
  const between = (ofFew: number, ofMore: number): Bytes => {
    const perInput = (ofMore - ofFew) / (moreCount - fewCount);
    return { perInput, fixed: ofFew - fewCount * perInput };
  };
  const atOnce = small.map((bytes, i) => between(bytes, large[i]!));
  const all = [between(bytesInAll(few), bytesInAll(more))];
  const courseOf = (count: number) => (count <= fewCount ? all : atOnce);
  const bytes = (count: number) =>
    courseOf(count).reduce((most, { fixed, perInput }) => Math.max(most, fixed + count * perInput), 0);
  return {
    bytes,
    most(limit) {
      const fitting = atOnce.map(({ fixed, perInput }) =>
        perInput > 0 ? Math.floor((limit - fixed) / perInput) : fixed <= limit ? Infinity : 0,
      );
      const most = Math.min(...fitting);
      if (most > fewCount) return most;
      for (let count = fewCount; count > 0; count--) if (bytes(count) <= limit) return count;
      return 0;
    },
  };
}

/** Bytes in use while each operation runs, with values given up after their last use. */
function bytesAlive(recording: Recording): number[] {
  const { operations, places } = recording;
  const lifetimes = lifetimesOf(recording, recording.cloned);
  const made = new Set(operations.flatMap((operation) => ('kernel' in operation ? operation.outputs : [])));
  const users = new Map<number, number>();
  let bytes = 0;
  const begin = (value: number) => {
    const { block, bytes: own } = places[value]!;
    const before = users.get(block) ?? 0;
    users.set(block, before + 1);
    if (before === 0) bytes += own;
  };
  const end = (value: number) => {
    const { block, bytes: own } = places[value]!;
    const after = users.get(block)! - 1;
    users.set(block, after);
    if (after === 0) bytes -= own;
  };
  for (const value of places.keys()) if (!made.has(value)) begin(value);
  return operations.map((operation, i) => {
    if ('kernel' in operation) operation.outputs.forEach(begin);
    const during = bytes;
    lifetimes[i]!.forEach(end);
    return during;
  });
}

const bytesInAll = ({ places }: Recording) =>
  places.reduce((sum, { block, bytes }, value) => sum + (block === value ? bytes : 0), 0);
