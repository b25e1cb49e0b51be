import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type BackendWasm, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import {
  backend as currentBackend,
  findBackendFactory,
  registerBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import * as l10n from '@vscode/l10n';
import { OutOfMemoryError } from '../engine';
import { stockWasmFile, stockWasmFolder } from './assets';
import { withSharedMemory } from './sharedMemory';

/** The priority that TF.js gives its wasm backend. */
const stockPriority = 2;

/** What a 32-bit heap can hold. */
export const mostBytes = 2 ** 32 - 2 ** 16;

/** Emscripten listens to these and throws what it hears once more, from its own file: a listener too many. */
const processEvents = ['uncaughtException', 'unhandledRejection'] as const;

/** The memory that TF.js's wasm backend keeps its tensors in. Addresses are byte offsets into it. */
export class Heap {
  private constructor(
    readonly backend: BackendWasm,
    readonly memory: WebAssembly.Memory,
  ) {}

  /**
   * Starts TF.js's wasm backend on a memory that threads can share. The stock binary for Node declares a private
   * one; as it passes through `WebAssembly.instantiate` that declaration is changed, and nothing else.
   */
  static async start(): Promise<Heap> {
    setWasmPaths(stockWasmFolder());
    const instantiate = WebAssembly.instantiate;
    const started: { memory?: WebAssembly.Memory } = {};
    const emitter: NodeJS.EventEmitter = process;
    const listeners = processEvents.map((event) => emitter.listeners(event));
    const stockBytes = statSync(join(stockWasmFolder(), stockWasmFile)).size;
    WebAssembly.instantiate = async (binary, imports) => {
      // Others may be started meanwhile: a download's parser of HTTP is WebAssembly too.
      if (binary.byteLength !== stockBytes) return instantiate(binary, imports);
      const source = await instantiate(withSharedMemory(bytesOf(binary)), imports).catch(() =>
        instantiate(binary, imports),
      );
      started.memory = source.instance.exports.memory as WebAssembly.Memory;
      return source;
    };
    try {
      if (!(await setBackend('wasm')))
        throw new Error(l10n.t('TensorFlow.js could not start its WebAssembly backend.'));
    } finally {
      WebAssembly.instantiate = instantiate;
      for (const [i, event] of processEvents.entries())
        for (const listener of emitter.listeners(event) as ((...args: unknown[]) => void)[])
          if (!listeners[i]!.includes(listener)) emitter.removeListener(event, listener);
    }
    if (!started.memory)
      throw new Error('The wasm backend of TensorFlow.js had been started before, without the lab.');
    const backend = currentBackend() as BackendWasm;
    refuseToOverflow(backend.wasm);
    return new Heap(backend, started.memory);
  }

  get isShared(): boolean {
    return this.memory.buffer instanceof SharedArrayBuffer;
  }

  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** Where a tensor's values begin. */
  address(tensor: TensorInfo): number {
    return this.backend.dataIdMap.get(tensor.dataId).memoryOffset;
  }

  /** A tensor's values in place; only until the heap grows, so don't keep it. */
  floats(tensor: TensorInfo): Float32Array {
    return this.backend.typedArrayFromHeap(tensor) as Float32Array;
  }

  integers(tensor: TensorInfo): Int32Array {
    return this.backend.typedArrayFromHeap(tensor) as Int32Array;
  }

  /** The same tensor once more, as the output of a kernel. */
  again(tensor: TensorInfo): TensorInfo {
    this.backend.incRef(tensor.dataId);
    return { dataId: tensor.dataId, shape: tensor.shape, dtype: tensor.dtype };
  }

  /** The same tensor to be overwritten, or a copy of it if its memory has another owner. */
  own(tensor: TensorInfo): TensorInfo {
    if (this.backend.refCount(tensor.dataId) === 1) return this.again(tensor);
    const copy = this.output(tensor.shape, tensor.dtype);
    this.backend.typedArrayFromHeap(copy).set(this.backend.typedArrayFromHeap(tensor));
    return copy;
  }

  /** A new tensor whose values a kernel must fill. */
  output(shape: number[], dtype: DataType = 'float32'): TensorInfo {
    return this.backend.makeOutput(shape, dtype);
  }

  /** A block that no tensor owns; its content is arbitrary. */
  allocate(bytes: number): number {
    return this.backend.wasm._malloc(bytes);
  }

  free(address: number): void {
    this.backend.wasm._free(address);
  }

  /** Ends the backend; every tensor on it is gone. It can be started again. */
  dispose(): void {
    const factory = findBackendFactory('wasm');
    removeBackend('wasm');
    registerBackend('wasm', factory, stockPriority);
  }

  /** Lends a block to `use` and takes it back. */
  withBlock<T>(bytes: number, use: (address: number) => T): T {
    const address = this.allocate(bytes);
    try {
      return use(address);
    } finally {
      this.free(address);
    }
  }
}

/**
 * The backend would write a tensor for which there is no room over something else. The allocator (emmalloc) gives 0 for it
 * or, as it adds up in 32 bits where the tensor would end, a free block that it would leave beyond 4 GB. That block is given
 * whole and the books stay right: once it is given back, nothing has happened.
 */
function refuseToOverflow(wasm: BackendWasm['wasm']) {
  // Emscripten's functions replace themselves when they are first called.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const address = bytes > mostBytes ? 0 : allocateWithin(bytes);
    if (address !== 0) return address;
    throw new OutOfMemoryError(
      l10n.t(
        "The wasm engine's memory is full: {0} MB more were needed, and it can have {1} MB in all. Choose a smaller batch size, or another engine.",
        Math.ceil(bytes / 2 ** 20),
        4096,
      ),
    );
  };

  /** Blocks that are too small are kept from the allocator until it has looked at all others. */
  function allocateWithin(bytes: number): number {
    const tooSmall: number[] = [];
    let address = allocate(bytes) >>> 0;
    for (; address + bytes > mostBytes; address = allocate(bytes) >>> 0) tooSmall.push(address);
    for (const block of tooSmall) wasm._free(block);
    return address;
  }
}

const bytesOf = (binary: Uint8Array | ArrayBuffer) =>
  binary instanceof Uint8Array ? binary : new Uint8Array(binary);
