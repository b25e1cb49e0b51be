import type { EngineName } from './spec';

/** What `involution engines` and the dashboard show of one engine, whether or not it can be used. */
export interface EngineReport {
  readonly name: EngineName;
  readonly available: boolean;
  /** "NVIDIA H100", "AMD EPYC · SIMD · 2 threads"; empty when not available. */
  readonly device: string;
  readonly version: string;
  /** It computes on a graphics processor, not on one that the processor imitates. */
  readonly gpu?: boolean;
  /** Why it is not available, and the way out. Empty when it is. */
  readonly reason: string;
  readonly cure: string;
}
