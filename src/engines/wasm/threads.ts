import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import * as l10n from '@vscode/l10n';
import { processorLimit } from '../../node/machine';
import { kernelsFileFor, threadScript } from './assets';
import { fusesMultiplyAdd } from './fusedArithmetic';
import type { Heap } from './heap';
import * as job from './kernelThread.mjs';
import { withSharedMemory } from './sharedMemory';

/** What each thread has to itself, at least: the `scratch` block of assembly/scratch.ts. */
export const SCRATCH_BYTES = 1 << 20;
/** Bytes that caches move at once: no two threads write to the same. */
const LINE = 64;

const MOST_THREADS_UNASKED = 8;

/** The processor's cores that a container leaves, eight at most, or what INVOLUTION_LAB_THREADS says. */
export function wantedThreads(environment = process.env): number {
  const asked = environment.INVOLUTION_LAB_THREADS;
  if (asked === undefined || asked === '') return Math.min(processorLimit(), MOST_THREADS_UNASKED);
  const count = Number(asked);
  if (!Number.isInteger(count) || count < 1 || count > job.MAX_THREADS)
    throw new Error(
      l10n.t(
        '{0} is "{1}"; it must be a whole number from 1 to {2}.',
        'INVOLUTION_LAB_THREADS',
        asked,
        job.MAX_THREADS,
      ),
    );
  return count;
}

/**
 * Runs the kernels of assembly/ on all threads at once. This thread takes part; the others are worker threads with
 * the same module on the same heap.
 */
export class Threads {
  /** One block with each thread's scratch: where there is no room for it, every thread keeps what it has. */
  private scratchAddress = 0;
  private scratchBytes = 0;

  private constructor(
    private readonly heap: Heap,
    private readonly kernels: ReadonlyMap<string, number>,
    private readonly member: job.Member,
    private readonly workers: readonly Worker[],
  ) {
    this.reserveScratch(SCRATCH_BYTES);
  }

  /** @param wide whether two vectors make one register here (`wideningOption`); the results' bits don't depend on it */
  static async start(heap: Heap, count: number, wide = false): Promise<Threads> {
    const binary = await readFile(kernelsFileFor(fusesMultiplyAdd()));
    const module = await WebAssembly.compile(heap.isShared ? withSharedMemory(binary) : binary);
    const names = WebAssembly.Module.exports(module)
      .filter((entry) => entry.kind === 'function')
      .map((entry) => entry.name);
    const control = new SharedArrayBuffer(job.CONTROL_BYTES);
    const data = { module, memory: heap.memory, control, names, wide };
    const others = heap.isShared ? count - 1 : 0;
    const workers = Array.from({ length: others }, (_, i) => {
      const workerData = { involutionKernels: { ...data, thread: i + 1 } satisfies job.MemberData };
      const worker = new Worker(threadScript, { workerData, execArgv: [] });
      worker.unref();
      return worker;
    });
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    const kernels = new Map(names.map((name, index) => [name, index]));
    return new Threads(heap, kernels, new job.Member({ ...data, thread: 0 }), workers);
  }

  get count(): number {
    return 1 + this.workers.length;
  }

  /** Makes every thread's scratch at least so large. What was in it is lost. */
  reserveScratch(bytes: number): void {
    if (bytes <= this.scratchBytes) return;
    const step = LINE * Math.ceil(bytes / LINE);
    const address = this.heap.allocate(this.count * step);
    this.heap.free(this.scratchAddress);
    this.scratchAddress = address;
    this.scratchBytes = bytes;
    for (let thread = 0; thread < this.count; thread++)
      this.member.scratches[thread] = address + thread * step;
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
    const index = this.kernels.get(kernel);
    if (index === undefined) throw new Error(`The wasm engine has no kernel "${kernel}".`);
    if (args.length > job.MAX_ARGUMENTS)
      throw new Error(`The kernel "${kernel}" got ${args.length} arguments.`);
    const { member } = this;
    const { control } = member;
    const chunks = Math.ceil(items / grain);
    control[job.ITEMS] = items;
    control[job.GRAIN] = grain;
    if (chunks <= 1 || this.workers.length === 0) {
      try {
        for (let chunk = 0; chunk < chunks; chunk++) member.call(index, chunk, args);
      } catch (cause) {
        throw new Error(failure(kernel), { cause });
      }
      return;
    }
    control[job.KERNEL] = index;
    control[job.CHUNKS] = chunks;
    control[job.ARGUMENT_COUNT] = args.length;
    member.args.set(args);
    Atomics.store(control, job.UNFINISHED, chunks);
    Atomics.store(control, job.UNTAKEN, chunks);
    Atomics.add(control, job.GENERATION, 1);
    Atomics.notify(control, job.GENERATION);
    member.takeChunks();
    member.join();
    if (Atomics.exchange(control, job.FAILED, 0)) throw new Error(failure(kernel));
  }

  async dispose(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
    this.heap.free(this.scratchAddress);
  }
}

const failure = (kernel: string) => `The wasm engine's kernel "${kernel}" failed.`;
