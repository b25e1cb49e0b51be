export const GENERATION: number;
export const UNTAKEN: number;
export const UNFINISHED: number;
export const KERNEL: number;
export const ITEMS: number;
export const GRAIN: number;
export const CHUNKS: number;
export const ARGUMENT_COUNT: number;
export const FAILED: number;
export const MAX_ARGUMENTS: number;
export const MAX_THREADS: number;
export const CONTROL_BYTES: number;

export interface MemberData {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  control: SharedArrayBuffer;
  /** The kernels; a job has its kernel's place among them. */
  names: readonly string[];
  /** Whether two vectors make one register: assembly/tile.ts. */
  wide: boolean;
  /** From 0, which is the pool's own thread. */
  thread: number;
}

export class Member {
  constructor(data: MemberData);
  readonly control: Int32Array;
  readonly args: Float64Array;
  readonly scratches: Int32Array;
  takeChunks(): void;
  call(kernel: number, chunk: number, args: readonly number[]): void;
  join(): void;
}
