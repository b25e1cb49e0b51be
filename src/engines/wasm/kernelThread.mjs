// One thread of the wasm engine's pool: waits for a job in the control block, takes chunks of it, waits again.
// The pool's own thread (threads.ts) takes chunks in the same way. Plain JavaScript: Node loads it by path.
import { parentPort, workerData } from 'node:worker_threads';

/**
 * Words of the control block. Behind them come the arguments, 64-bit floats, and a scratch address a thread. It has memory
 * of its own: that of the heap is taken from every view, where it is not shared, when the heap grows.
 */
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
const WORDS = 16;
export const MAX_ARGUMENTS = 24;
export const MAX_THREADS = 64;
export const CONTROL_BYTES = 4 * WORDS + 8 * MAX_ARGUMENTS + 4 * MAX_THREADS;

/** How often a thread looks before it goes to sleep, some microseconds: it may be in the way of others. */
const LOOKS_BEFORE_SLEEP = 5000;

/** The kernels, instantiated for one thread on the heap, and its view of the control block. */
export class Member {
  constructor({ module, memory, control, names, wide, thread }) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.kernels = names.map((name) => exports[name]);
    this.thread = thread;
    this.scratch = exports.scratch;
    exports.wide.value = Number(wide);
    this.control = new Int32Array(control, 0, WORDS);
    this.args = new Float64Array(control, 4 * WORDS, MAX_ARGUMENTS);
    this.scratches = new Int32Array(control, 4 * WORDS + 8 * MAX_ARGUMENTS, MAX_THREADS);
  }

  /**
   * Takes chunks of the current job until none is left. The job's fields are read only after a chunk was taken: while
   * that chunk is unfinished they stay as they are.
   */
  takeChunks() {
    const { control } = this;
    for (;;) {
      const left = Atomics.sub(control, UNTAKEN, 1);
      if (left <= 0) return;
      const chunk = control[CHUNKS] - left;
      try {
        this.call(control[KERNEL], chunk, Array.from(this.args.subarray(0, control[ARGUMENT_COUNT])));
      } catch {
        Atomics.store(control, FAILED, 1);
      }
      if (Atomics.sub(control, UNFINISHED, 1) === 1) Atomics.notify(control, UNFINISHED);
    }
  }

  call(kernel, chunk, args) {
    const start = chunk * this.control[GRAIN];
    this.scratch.value = this.scratches[this.thread];
    this.kernels[kernel](start, Math.min(start + this.control[GRAIN], this.control[ITEMS]), ...args);
  }

  /** Takes part in every job from now on. */
  serve() {
    const { control } = this;
    for (let seen = Atomics.load(control, GENERATION); ; seen = Atomics.load(control, GENERATION)) {
      this.takeChunks();
      for (let look = 0; look < LOOKS_BEFORE_SLEEP && Atomics.load(control, GENERATION) === seen; look++);
      Atomics.wait(control, GENERATION, seen);
    }
  }

  /** Waits until the threads that took the last chunks have finished them. */
  join() {
    const { control } = this;
    for (let look = 0; look < LOOKS_BEFORE_SLEEP && Atomics.load(control, UNFINISHED) > 0; look++);
    for (let left = Atomics.load(control, UNFINISHED); left > 0; left = Atomics.load(control, UNFINISHED))
      Atomics.wait(control, UNFINISHED, left);
  }
}

if (workerData?.involutionKernels) {
  const member = new Member(workerData.involutionKernels);
  parentPort.postMessage('ready');
  member.serve();
}
