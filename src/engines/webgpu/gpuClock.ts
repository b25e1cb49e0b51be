import { findBackend } from '@tensorflow/tfjs-core';
import type { KernelClock } from '../engine';

/** What `WebGPUBackend.time` uses of itself: while there is a list, each program is timed. */
interface Timed {
  readonly supportTimestampQuery: boolean;
  activeTimers: { readonly query: Promise<number> }[] | null;
}

/**
 * The GPU's own time for the programs of each kernel, by its timestamps; undefined where it gives none. The step gets slower
 * by it: each program is sent alone.
 */
export function gpuClock(): KernelClock | undefined {
  const backend = findBackend('webgpu') as unknown as Timed;
  if (!backend.supportTimestampQuery) return;
  return () => {
    const outer = backend.activeTimers;
    const timers: { query: Promise<number> }[] = [];
    backend.activeTimers = timers;
    return async () => {
      backend.activeTimers = outer;
      const times = await Promise.all(timers.map(({ query }) => query));
      return times.reduce((sum, time) => sum + time, 0);
    };
  };
}
