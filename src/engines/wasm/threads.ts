import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { kernelsFile, threadScript } from './assets';
import type { Heap } from './heap';
import * as job from './kernelThread.mjs';
import { withSharedMemory } from './sharedMemory';

/** What each thread has to itself: the `scratch` block of assembly/scratch.ts. */
export const SCRATCH_BYTES = 1 << 20;

const MOST_THREADS = 8;

/** The processor's cores, eight at most, or what INVOLUTION_LAB_THREADS says. */
export function wantedThreads(environment = process.env): number {
  const asked = environment.INVOLUTION_LAB_THREADS;
  if (asked === undefined || asked === '') return Math.min(availableParallelism(), MOST_THREADS);
  const count = Number(asked);
  if (!Number.isInteger(count) || count < 1 || count > 64)
    throw new Error(`INVOLUTION_LAB_THREADS is "${asked}"; it must be a whole number from 1 to 64.`);
  return count;
}

/**
 * Runs the kernels of assembly/ on all threads at once. This thread takes part; the others are worker threads with
 * the same module on the same heap.
 */
export class Threads {
  private constructor(
    private readonly heap: Heap,
    private readonly workers: readonly Worker[],
    private readonly indices: ReadonlyMap<string, number>,
    private readonly kernels: readonly job.Kernel[],
    private readonly control: Int32Array,
    private readonly args: Float64Array,
    private readonly blocks: readonly number[],
  ) {}

  static async start(heap: Heap, count: number): Promise<Threads> {
    const binary = await readFile(kernelsFile);
    const module = await WebAssembly.compile(heap.isShared ? withSharedMemory(binary) : binary);
    const names = WebAssembly.Module.exports(module)
      .filter((entry) => entry.kind === 'function')
      .map((entry) => entry.name);
    const others = heap.isShared ? count - 1 : 0;
    const controlAddress = heap.allocate(job.CONTROL_BYTES);
    const scratches = Array.from({ length: 1 + others }, () => heap.allocate(SCRATCH_BYTES));
    const { buffer } = heap.memory;
    new Uint8Array(buffer, controlAddress, job.CONTROL_BYTES).fill(0);
    const workers = scratches.slice(1).map((scratch) => {
      const involutionKernels = { module, memory: heap.memory, controlAddress, scratch, names };
      const worker = new Worker(threadScript, { workerData: { involutionKernels }, execArgv: [] });
      worker.unref();
      return worker;
    });
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    return new Threads(
      heap,
      workers,
      new Map(names.map((name, index) => [name, index])),
      job.instantiateKernels(module, heap.memory, scratches[0]!, names),
      new Int32Array(buffer, controlAddress, job.ARGUMENTS / 4),
      new Float64Array(buffer, controlAddress + job.ARGUMENTS, job.MAX_ARGUMENTS),
      [controlAddress, ...scratches],
    );
  }

  get count(): number {
    return 1 + this.workers.length;
  }

  /**
   * Calls `kernel(start, end, ...args)` for the items 0 … items − 1 in chunks of `grain`, on all threads, and
   * returns when all are done. A thread takes the next chunk when it has finished one, in any order: a kernel may
   * write only what belongs to its items, and sums over chunks go to one place a chunk (`start / grain`), to be
   * added in their order afterwards. `grain` must come from the data's size alone, never from the number of
   * threads: so the bits of a result don't depend on it.
   * @param args addresses, integers or floats, as the kernel's parameters say; MAX_ARGUMENTS at most.
   */
  run(kernel: string, items: number, grain: number, ...args: number[]): void {
    const index = this.indices.get(kernel);
    if (index === undefined) throw new Error(`kernels.wasm has no kernel "${kernel}".`);
    if (args.length > job.MAX_ARGUMENTS)
      throw new Error(`The kernel "${kernel}" got ${args.length} arguments.`);
    const chunks = Math.ceil(items / grain);
    if (chunks <= 1 || this.workers.length === 0) {
      for (let start = 0; start < items; start += grain)
        this.kernels[index]!(start, Math.min(start + grain, items), ...args);
      return;
    }
    const { control } = this;
    control[job.KERNEL] = index;
    control[job.ITEMS] = items;
    control[job.GRAIN] = grain;
    control[job.CHUNKS] = chunks;
    control[job.ARGUMENT_COUNT] = args.length;
    this.args.set(args);
    Atomics.store(control, job.UNFINISHED, chunks);
    Atomics.store(control, job.UNTAKEN, chunks);
    Atomics.add(control, job.GENERATION, 1);
    Atomics.notify(control, job.GENERATION);
    job.takeChunks(control, this.args, this.kernels);
    this.join();
    if (Atomics.exchange(control, job.FAILED, 0))
      throw new Error(`The kernel "${kernel}" failed in a thread.`);
  }

  private join() {
    const { control } = this;
    for (let look = 0; look < LOOKS_BEFORE_SLEEP; look++)
      if (Atomics.load(control, job.UNFINISHED) === 0) return;
    for (
      let left = Atomics.load(control, job.UNFINISHED);
      left > 0;
      left = Atomics.load(control, job.UNFINISHED)
    )
      Atomics.wait(control, job.UNFINISHED, left);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
    for (const block of this.blocks) this.heap.free(block);
  }
}

const LOOKS_BEFORE_SLEEP = 4000;
