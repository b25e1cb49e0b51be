import {
  getBackend,
  getKernelsForBackend,
  type KernelConfig,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import type { KernelClock } from '../../engines/engine';

/** One kernel's share of a step. */
export interface KernelTime {
  readonly kernel: string;
  readonly callsPerStep: number;
  /** Without what other kernels, called from within it, took. */
  readonly msPerStep: number;
}

export interface Profile {
  readonly kernels: KernelTime[];
  /** Including what is spent between kernels. */
  readonly msPerStep: number;
}

/**
 * Where the time of a step goes, kernel by kernel, on the current backend.
 * @param clock the engine's own; steps are slower by it, so that the whole step is timed without it
 */
export async function profile(
  step: (wait: boolean) => Promise<void>,
  steps: number,
  clock?: KernelClock,
): Promise<Profile> {
  const without = clock && (await timeOf(step, steps));
  const totals = new Map<string, (number | Promise<number>)[]>();
  const restore = instrument(totals, clock ?? wallClock());
  try {
    const msPerStep = await timeOf(step, steps);
    const kernels: KernelTime[] = [];
    for (const [kernel, times] of totals) {
      const milliseconds = (await Promise.all(times)).reduce((sum, time) => sum + time, 0);
      kernels.push({ kernel, callsPerStep: times.length / steps, msPerStep: milliseconds / steps });
    }
    return { kernels: kernels.sort((a, b) => b.msPerStep - a.msPerStep), msPerStep: without ?? msPerStep };
  } finally {
    restore();
  }
}

async function timeOf(step: (wait: boolean) => Promise<void>, steps: number): Promise<number> {
  const begin = performance.now();
  for (let i = 1; i <= steps; i++) await step(i === steps);
  return (performance.now() - begin) / steps;
}

function wallClock(): KernelClock {
  /** Of the kernels that are running, one within the other: the time spent in those further in. */
  const within: number[] = [];
  return () => {
    const begin = performance.now();
    within.push(0);
    return () => {
      const taken = performance.now() - begin;
      const own = taken - within.pop()!;
      if (within.length > 0) within[within.length - 1]! += taken;
      return own;
    };
  };
}

/** Puts a clock around every kernel of the current backend. Returns what takes them off again. */
function instrument(totals: Map<string, (number | Promise<number>)[]>, clock: KernelClock): () => void {
  const originals = getKernelsForBackend(getBackend());
  for (const original of originals) {
    const times: (number | Promise<number>)[] = [];
    replace({
      ...original,
      kernelFunc: (params) => {
        totals.set(original.kernelName, times);
        const stop = clock();
        try {
          return original.kernelFunc(params);
        } finally {
          times.push(stop());
        }
      },
    });
  }
  return () => originals.forEach(replace);
}

function replace(config: KernelConfig): void {
  unregisterKernel(config.kernelName, config.backendName);
  registerKernel(config);
}
