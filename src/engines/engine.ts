import * as l10n from '@vscode/l10n';
import type { EngineReport } from '../core/runs/engineReport';
import type { EngineName } from '../core/runs/spec';

/** Starts to time a kernel; what it returns ends that, and gives the milliseconds without those of kernels within it. */
export type KernelClock = () => () => number | Promise<number>;

/** A started engine: the current TF.js backend, with the involution kernels registered for it. */
export interface Engine {
  readonly name: EngineName;
  readonly device: string;
  readonly version: string;
  /** Why this one: "chosen by --engine", "auto: no GPU found". */
  readonly reason: string;
  /** The same spec gives the same bits: true on cpu and wasm. */
  readonly deterministic: boolean;
  /** What the last bits depend on where engines of one name differ: "with fused multiply–add". */
  readonly arithmetic?: string;
  /** Bytes held by the engine for tensors (on wasm: the heap's size). */
  memoryBytes(): number;
  /** Bytes that it can hold at most; undefined where that can't be known, as with a graphics card. */
  readonly memoryLimit?: number;
  /** Times kernels where they are computed after the call that asks for them. */
  readonly clock?: KernelClock | undefined;
  dispose(): Promise<void>;
}

/** One folder of src/engines each. `probe` is cheap and never throws; `start` throws an EngineError. */
export interface EngineDriver {
  readonly name: EngineName;
  probe(): Promise<EngineReport>;
  start(): Promise<Omit<Engine, 'reason'>>;
}

/** An engine that was asked for and cannot run: says which, why, and the way out. */
export class EngineError extends Error {
  constructor(
    readonly engine: EngineName,
    readonly cause_: string,
    readonly cure: string,
  ) {
    super(l10n.t("The {0} engine can't be used: {1} {2}", engine, cause_, cure));
    this.name = 'EngineError';
  }
}

/** An engine's own memory is full: what was asked of it has not been done. */
export class OutOfMemoryError extends Error {
  override readonly name = 'OutOfMemoryError';
}
