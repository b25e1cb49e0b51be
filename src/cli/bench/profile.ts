import {
  getBackend,
  getKernelsForBackend,
  type KernelConfig,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

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
 * Where the time of a step goes, kernel by kernel, on the current backend. An engine that computes asynchronously shows
 * the time that it takes to issue the work.
 */
export async function profile(step: (wait: boolean) => Promise<void>, steps: number): Promise<Profile> {
  const totals = new Map<string, { calls: number; milliseconds: number }>();
  const restore = instrument(totals);
  try {
    const begin = performance.now();
    for (let i = 1; i <= steps; i++) await step(i === steps);
    const msPerStep = (performance.now() - begin) / steps;
    const kernels = [...totals].map(([kernel, { calls, milliseconds }]) => ({
      kernel,
      callsPerStep: calls / steps,
      msPerStep: milliseconds / steps,
    }));
    return { kernels: kernels.sort((a, b) => b.msPerStep - a.msPerStep), msPerStep };
  } finally {
    restore();
  }
}

/** Puts a stopwatch around every kernel of the current backend. Returns what takes them off again. */
function instrument(totals: Map<string, { calls: number; milliseconds: number }>): () => void {
  const originals = getKernelsForBackend(getBackend());
  /** Of the kernels that are running, one within the other: the time spent in those further in. */
  const within: number[] = [];
  for (const original of originals) {
    replace({
      ...original,
      kernelFunc: (params) => {
        const begin = performance.now();
        within.push(0);
        try {
          return original.kernelFunc(params);
        } finally {
          const taken = performance.now() - begin;
          const total = totals.get(original.kernelName) ?? { calls: 0, milliseconds: 0 };
          total.calls++;
          total.milliseconds += taken - within.pop()!;
          totals.set(original.kernelName, total);
          if (within.length > 0) within[within.length - 1]! += taken;
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
