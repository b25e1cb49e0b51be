import type { Random } from '../../../src/core/random';
import { damagedCheckpoint, damagedLock, litter } from './damage';
import { faultAtChange, fullAtChange, fullDisk } from './disk';
import type { Disturbance } from './disturbance';
import { hostKilled } from './hostKilled';
import { killAtChange, killAtStart, killAtStep } from './kill';
import { deleted, moved } from './move';
import { suspended, takenOver, twoAtOnce } from './rivals';
import { readerGone, signal } from './stop';

export const disturbances: readonly Disturbance[] = [
  killAtStep,
  killAtStart,
  killAtChange,
  signal,
  readerGone,
  fullAtChange,
  faultAtChange,
  fullDisk,
  moved,
  deleted,
  damagedCheckpoint,
  litter,
  damagedLock,
  twoAtOnce,
  suspended,
  takenOver,
  hostKilled,
];

/** By their weights. */
export function chosen(random: Random): Disturbance {
  const chances = disturbances.flatMap((disturbance) =>
    Array.from({ length: disturbance.weight }, () => disturbance),
  );
  return chances[random.below(chances.length)]!;
}
