import type { EngineName } from './runs/spec';

/** What ends a process from within native code, or from outside, without a last word of its own; and what it means. The hosts translate it. */
export const nativeDeaths = {
  SIGFPE: 'native code divided by zero',
  SIGSEGV: 'native code reached for memory that is not its own',
  SIGBUS: 'native code reached for memory that is not there',
  SIGILL: 'native code has an instruction that this processor lacks',
  SIGABRT: 'native code gave up, often because memory ran out',
  SIGTRAP: 'Node.js gave up, often because memory ran out',
  SIGKILL: 'it was killed from outside; the system does that when memory runs out',
} as const;

export type NativeDeath = keyof typeof nativeDeaths;

/** Windows has no signals: these exit codes mean the same there. 134 is Node's own `abort`. */
const codes: Readonly<Record<number, NativeDeath>> = {
  134: 'SIGABRT',
  3221225477: 'SIGSEGV',
  3221225478: 'SIGBUS',
  3221225501: 'SIGILL',
  3221225620: 'SIGFPE',
  3221226505: 'SIGABRT',
};

/** Null where a process ended by its own doing, or because it was asked to. */
export function nativeDeath(end: { code: number | null; signal: string | null }): NativeDeath | null {
  if (end.signal && end.signal in nativeDeaths) return end.signal as NativeDeath;
  return codes[end.code ?? 0] ?? null;
}

/** Engines that are native code. */
export const isNative = (engine: EngineName | undefined): boolean =>
  engine === 'tensorflow' || engine === 'webgpu';

/** What to take where an engine ended its process: the fastest without native code, or the other one of these. */
export const otherEngine = (engine: EngineName | 'auto'): EngineName => (engine === 'wasm' ? 'cpu' : 'wasm');
