import type { Heap } from './heap';

/** A matrix in the heap whose rows run over three nested axes; steps are in values. */
export interface Matrix {
  readonly address: number;
  readonly rows: readonly [MatrixAxis, MatrixAxis, MatrixAxis];
  readonly columnStep: number;
}

interface MatrixAxis {
  readonly count: number;
  readonly step: number;
}

export interface Clamp {
  readonly lower: number;
  readonly upper: number;
}

/** The activations that are a clamp, and so cost nothing to fuse; undefined for others. */
export const clampOf = (activation: string | undefined): Clamp | undefined =>
  ({
    linear: { lower: -Infinity, upper: Infinity },
    relu: { lower: 0, upper: Infinity },
    relu6: { lower: 0, upper: 6 },
  })[activation ?? 'linear'];

/** Where output goes; steps are in bytes. */
export interface Target {
  readonly address: number;
  readonly imageStep: number;
  readonly rowStep: number;
  readonly pixelStep: number;
}

/** A float as the 32-bit word that it is in memory. */
export const bitsOf = (value: number): number => new Int32Array(Float32Array.of(value).buffer)[0]!;

/** Lends `use` a block with these 32-bit words, as kernels want what would be too many arguments. */
export function withWords(heap: Heap, words: readonly number[], use: (address: number) => void): void {
  heap.withBlock(4 * words.length, (address) => {
    new Int32Array(heap.memory.buffer, address, words.length).set(words);
    use(address);
  });
}

/** Lends `use` a block with a task as the kernels want it: the address of a buffer behind it, then its words. */
export function withTask(
  heap: Heap,
  words: readonly number[],
  bufferBytes: number,
  use: (task: number, buffer: number) => void,
): void {
  const taskBytes = 4 * (1 + words.length);
  heap.withBlock(taskBytes + bufferBytes, (task) => {
    const buffer = task + taskBytes;
    new Int32Array(heap.memory.buffer, task, taskBytes / 4).set([buffer, ...words]);
    use(task, buffer);
  });
}
