export const GENERATION: 0;
export const UNTAKEN: 1;
export const UNFINISHED: 2;
export const KERNEL: 3;
export const ITEMS: 4;
export const GRAIN: 5;
export const CHUNKS: 6;
export const ARGUMENT_COUNT: 7;
export const FAILED: 8;
export const ARGUMENTS: 64;
export const MAX_ARGUMENTS: number;
export const CONTROL_BYTES: number;

export type Kernel = (start: number, end: number, ...args: number[]) => void;

export function takeChunks(control: Int32Array, args: Float64Array, kernels: readonly Kernel[]): void;
export function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  scratch: number,
  names: readonly string[],
): Kernel[];
