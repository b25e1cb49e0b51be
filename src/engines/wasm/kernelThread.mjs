// One thread of the wasm engine's pool: waits for a job in the control block, takes chunks of it, waits again.
// Shared with the pool (threads.ts), which takes chunks in the same way. Plain JavaScript: Node loads it by path.
import { parentPort, workerData } from 'node:worker_threads';

/** Words of the control block. Its arguments follow as 64-bit floats from byte ARGUMENTS on. */
export const GENERATION = 0;
/** Chunks of the job that no thread has taken yet; it counts down, so that a late thread can only find ≤ 0. */
export const UNTAKEN = 1;
/** Chunks of the job that are not finished. */
export const UNFINISHED = 2;
export const KERNEL = 3;
export const ITEMS = 4;
export const GRAIN = 5;
export const CHUNKS = 6;
export const ARGUMENT_COUNT = 7;
export const FAILED = 8;
export const ARGUMENTS = 64;
export const MAX_ARGUMENTS = 24;
export const CONTROL_BYTES = ARGUMENTS + 8 * MAX_ARGUMENTS;

/** How often a thread looks for the next job before it goes to sleep: about as long as TF.js takes between two. */
const LOOKS_BEFORE_SLEEP = 4000;

/**
 * Takes chunks of the current job until none is left. The job's fields are read only after a chunk was taken: while
 * that chunk is unfinished they stay as they are.
 * @param {Int32Array} control
 * @param {Float64Array} args
 * @param {Function[]} kernels
 */
export function takeChunks(control, args, kernels) {
  for (;;) {
    const left = Atomics.sub(control, UNTAKEN, 1);
    if (left <= 0) return;
    const grain = control[GRAIN];
    const start = (control[CHUNKS] - left) * grain;
    const end = Math.min(start + grain, control[ITEMS]);
    try {
      kernels[control[KERNEL]](start, end, ...Array.from(args.subarray(0, control[ARGUMENT_COUNT])));
    } catch {
      Atomics.store(control, FAILED, 1);
    }
    if (Atomics.sub(control, UNFINISHED, 1) === 1) Atomics.notify(control, UNFINISHED);
  }
}

/** Instantiates the kernels on the heap; gives them in the order of `names`. */
export function instantiateKernels(module, memory, scratch, names) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  exports.scratch.value = scratch;
  return names.map((name) => exports[name]);
}

if (workerData?.involutionKernels) {
  const { module, memory, controlAddress, scratch, names } = workerData.involutionKernels;
  const kernels = instantiateKernels(module, memory, scratch, names);
  const control = new Int32Array(memory.buffer, controlAddress, ARGUMENTS / 4);
  const args = new Float64Array(memory.buffer, controlAddress + ARGUMENTS, MAX_ARGUMENTS);
  let seen = Atomics.load(control, GENERATION);
  parentPort.postMessage('ready');
  for (;;) {
    for (let look = 0; look < LOOKS_BEFORE_SLEEP && Atomics.load(control, GENERATION) === seen; look++);
    Atomics.wait(control, GENERATION, seen);
    seen = Atomics.load(control, GENERATION);
    takeChunks(control, args, kernels);
  }
}
