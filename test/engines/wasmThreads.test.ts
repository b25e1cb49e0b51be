import { existsSync, readFileSync } from 'node:fs';
import { add, ones, tensor1d, tensor4d, zeros } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { involution, type Tensor6D } from '../../src/core/involution/operator';
import { wasmDriver } from '../../src/engines/wasm/driver';
import { fusesMultiplyAdd } from '../../src/engines/wasm/fusedArithmetic';
import { Heap } from '../../src/engines/wasm/heap';
import { involutionKernels } from '../../src/engines/wasm/involution';
import { SCRATCH_BYTES, Threads, wantedThreads } from '../../src/engines/wasm/threads';
import { wantsWideVectors, wideningOption } from '../../src/engines/wasm/wideVectors';

const wave = (length: number, phase: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * 0.37 + phase));

/** One Adam step over 10 007 values (an odd number, so that the last vector is not whole) in chunks of 512. */
function adamStep(threads: Threads, heap: Heap) {
  const [variable, m, v, gradient] = [0, 1, 2, 3].map((phase) => tensor1d(wave(10_007, phase).map(Math.abs)));
  const addresses = [variable!, m!, v!, gradient!].map((tensor) => heap.address(tensor));
  threads.run('adamStep', 10_007, 512, ...addresses, 1e-3, 0.1, 0.001, 1e-7);
  const values = [variable!, m!, v!].map((tensor) => Buffer.from(tensor.dataSync().buffer));
  for (const tensor of [variable, m, v, gradient]) tensor!.dispose();
  return values;
}

describe('threads on the heap of the wasm backend', () => {
  let heap: Heap;
  let another: { readonly instance: unknown };
  beforeAll(async () => {
    const starting = Heap.start();
    // An empty module of somebody else's, which has no memory to share.
    another = await WebAssembly.instantiate(Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), {});
    heap = await starting;
  });
  afterAll(() => heap.dispose());

  it('leaves alone what others start meanwhile', () => {
    expect(String(another.instance)).toBe('[object WebAssembly.Instance]');
  });

  it('shares the heap', () => {
    expect(heap.isShared).toBe(true);
    expect(heap.memory.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it.each([1, 2, 3, 5])('gives the same bits on %i threads', async (count) => {
    const alone = await Threads.start(heap, 1);
    const together = await Threads.start(heap, count);
    expect(together.count).toBe(count);
    const expected = adamStep(alone, heap);
    for (let repeat = 0; repeat < 50; repeat++)
      expect(adamStep(together, heap).every((values, i) => values.equals(expected[i]!))).toBe(true);
    const g = Math.abs(Math.sin(7 * 0.37 + 3));
    const m = 0.9 * Math.abs(Math.sin(7 * 0.37 + 1)) + 0.1 * g;
    expect(expected[1]!.readFloatLE(4 * 7)).toBeCloseTo(m, 6);
    await together.dispose();
    await alone.dispose();
  });

  it('goes on working after the heap has grown', async () => {
    const threads = await Threads.start(heap, 2);
    const before = heap.bytes;
    const expected = adamStep(threads, heap);
    const block = heap.allocate(before);
    expect(heap.bytes).toBeGreaterThan(before);
    expect(adamStep(threads, heap)).toEqual(expected);
    heap.free(block);
    await threads.dispose();
  });

  it('keeps its scratch where there is no room for more', async () => {
    const threads = await Threads.start(heap, 3);
    expect(() => threads.reserveScratch(2 ** 32)).toThrow('memory is full');
    const others = Array.from({ length: 6 }, () => heap.output([SCRATCH_BYTES / 4]));
    for (const other of others) heap.floats(other).fill(1);
    const [x, dy] = [3, 4].map((phase) => tensor4d(wave(4 * 8 * 8 * 16, phase), [4, 8, 8, 16]));
    const attributes = {
      kernelSize: 3,
      strides: 1,
      groups: 1,
      groupLayout: 'contiguous',
      padding: 'same',
    } as const;
    const { InvolutionKernelGrad } = involutionKernels(heap, threads);
    const gradient = heap.floats(InvolutionKernelGrad({ dy: dy!, x: x! }, attributes, heap.backend));
    const [values, factors] = [x!, dy!].map((tensor) => tensor.dataSync());
    let product = 0;
    for (let c = 0; c < 16; c++) product += values![c]! * factors![c]!;
    // The window's middle, at the first pixel.
    expect(gradient[4]).toBeCloseTo(product, 5);
    for (const other of others) expect(heap.floats(other).every((value) => value === 1)).toBe(true);
    await threads.dispose();
  });

  it('names a kernel that it does not have', async () => {
    const threads = await Threads.start(heap, 1);
    expect(() => threads.run('nonsense', 1, 1)).toThrow('The wasm engine has no kernel "nonsense".');
    await threads.dispose();
  });

  // With one chunk, or one thread, it is called without the pool.
  it.each([
    { count: 2, items: 4096 },
    { count: 2, items: 64 },
    { count: 1, items: 4096 },
  ])('says which kernel failed, and goes on: $items items on $count threads', async ({ count, items }) => {
    const threads = await Threads.start(heap, count);
    const expected = adamStep(threads, heap);
    const nowhere = 2 ** 32 - 64;
    expect(() => threads.run('adamStep', items, 64, nowhere, nowhere, nowhere, nowhere, 0, 0, 0, 0)).toThrow(
      `The wasm engine's kernel "adamStep" failed.`,
    );
    expect(adamStep(threads, heap)).toEqual(expected);
    await threads.dispose();
  });

  it('refuses what can never fit, and goes on', () => {
    expect(() => heap.output([2 ** 20, 2 ** 11])).toThrow(
      /memory is full: 8192 MB more were needed.*batch size/,
    );
    expect([...add(tensor1d([1, 2]), 1).dataSync()]).toEqual([2, 3]);
  });

  // Where a free block near the end has its end beyond 4 GB, in the allocator's sums of 32 bits, it seems large enough.
  it.each([100, 500])(
    'refuses what does not fit any more, and goes on: %i MB are free near the end',
    (free) => {
      const allocate = (megabytes: number) => heap.allocate(megabytes * 2 ** 20);
      const kept = tensor1d(wave(100, 1));
      const [large, between, small] = [2500, 200, free].map(allocate) as [number, number, number];
      heap.free(small);
      for (let i = 0; i < 3; i++)
        expect(() => heap.output([2000, 2 ** 18])).toThrow('memory is full: 2000 MB');
      expect([...add(tensor1d([1, 2]), 1).dataSync()]).toEqual([2, 3]);
      expect(allocate(free)).toBe(small);
      // What is large enough is found, whichever is looked at first.
      for (const order of [
        [large, small],
        [small, large],
      ]) {
        for (const block of order) heap.free(block);
        expect(allocate(2000)).toBe(large);
        heap.free(large);
        expect([2500, free].map(allocate)).toEqual([large, small]);
      }
      for (const block of [large, between, small]) heap.free(block);
      expect(kept.dataSync()).toEqual(wave(100, 1));
      kept.dispose();
    },
  );
});

describe('the number of threads', () => {
  it('is what INVOLUTION_LAB_THREADS says', () => {
    expect(wantedThreads({ INVOLUTION_LAB_THREADS: '3' })).toBe(3);
    expect(wantedThreads({})).toBeGreaterThanOrEqual(1);
    expect(() => wantedThreads({ INVOLUTION_LAB_THREADS: 'many' })).toThrow('"many"');
    expect(() => wantedThreads({ INVOLUTION_LAB_THREADS: '0' })).toThrow('from 1 to 64');
  });
});

describe('vectors of 256 bits', () => {
  it('are left alone where INVOLUTION_LAB_VECTORS is 128', () => {
    expect(wantsWideVectors({})).toBe(true);
    expect(wantsWideVectors({ INVOLUTION_LAB_VECTORS: '128' })).toBe(false);
    expect(() => wantsWideVectors({ INVOLUTION_LAB_VECTORS: '512' })).toThrow(
      'INVOLUTION_LAB_VECTORS is "512"; it can be 128, or unset.',
    );
  });

  /** On Linux the processor says what it has. */
  const flags = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  const hasThem = process.arch === 'x64' && / avx2 /.test(flags) && / fma /.test(flags);

  it.runIf(flags)('are found where the processor and V8 have them', async () => {
    const v8 = Number.parseInt(process.versions.v8, 10);
    expect((await wideningOption()) !== undefined).toBe(hasThem && v8 >= 13);
  });
});

describe('the driver', () => {
  it('says so where memory can’t be shared, and works on one thread, also once the heap has grown', async () => {
    const instantiate = WebAssembly.instantiate;
    WebAssembly.instantiate = async (binary, imports) => {
      const source = await instantiate(binary, imports);
      const { memory } = source.instance.exports as { memory: WebAssembly.Memory };
      if (memory.buffer instanceof SharedArrayBuffer) throw new Error('no shared memory here');
      return source;
    };
    const engine = await wasmDriver.start();
    WebAssembly.instantiate = instantiate;
    expect(engine.device).toContain('1 thread (memory can’t be shared)');
    const x = tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    const kernel = ones([1, 3, 3, 9, 1, 1]) as Tensor6D;
    const sums = [12, 21, 16, 27, 45, 33, 24, 39, 28];
    expect([...involution(x, kernel).dataSync()]).toEqual(sums);
    const before = engine.memoryBytes();
    expect(zeros([before / 4]).size).toBe(before / 4);
    expect(engine.memoryBytes()).toBeGreaterThan(before);
    expect([...involution(x, kernel).dataSync()]).toEqual(sums);
    await engine.dispose();
  });

  it('names a wrong number of threads, and the way out', async () => {
    vi.stubEnv('INVOLUTION_LAB_THREADS', 'many');
    expect(await wasmDriver.probe()).toMatchObject({
      available: false,
      cure: 'Correct the variable or unset it.',
    });
    await expect(wasmDriver.start()).rejects.toThrow(
      `The wasm engine can't be used: INVOLUTION_LAB_THREADS is "many"; it must be a whole number from 1 to 64. Correct the variable`,
    );
    vi.unstubAllEnvs();
  });

  it('leaves the process as it was', async () => {
    const before = process.listenerCount('unhandledRejection');
    const engine = await wasmDriver.start();
    expect(process.listenerCount('unhandledRejection')).toBe(before);
    await engine.dispose();
  });

  it('starts again after it was disposed', async () => {
    const first = await wasmDriver.start();
    expect(first.device).toMatch(/ · (SIMD|SIMD with FMA|256-bit SIMD with FMA) · \d+ threads?$/);
    expect(first.device.includes('with FMA')).toBe(fusesMultiplyAdd());
    expect(first.arithmetic).toBe(`${fusesMultiplyAdd() ? 'with' : 'without'} fused multiply–add`);
    await first.dispose();
    const second = await wasmDriver.start();
    expect(add(tensor1d([1, 2]), 1).dataSync()).toEqual(new Float32Array([2, 3]));
    await second.dispose();
  });
});
