import { type BackendWasm, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import {
  backend as currentBackend,
  findBackendFactory,
  registerBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import { stockWasmFolder } from './assets';
import { withSharedMemory } from './sharedMemory';

/** The priority that TF.js gives its wasm backend. */
const stockPriority = 2;

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
    WebAssembly.instantiate = async (binary, imports) => {
      const source = await instantiate(withSharedMemory(bytesOf(binary)), imports).catch(() =>
        instantiate(binary, imports),
      );
      started.memory = source.instance.exports.memory as WebAssembly.Memory;
      return source;
    };
    try {
      if (!(await setBackend('wasm')))
        throw new Error('TensorFlow.js could not start its WebAssembly backend.');
    } finally {
      WebAssembly.instantiate = instantiate;
    }
    if (!started.memory)
      throw new Error('The wasm backend of TensorFlow.js had been started before, without the lab.');
    return new Heap(currentBackend() as BackendWasm, started.memory);
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
    const address = this.backend.wasm._malloc(bytes) >>> 0;
    if (address === 0) throw new Error(`The WebAssembly heap has no room for ${bytes} bytes more.`);
    return address;
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

const bytesOf = (binary: Uint8Array | ArrayBuffer) =>
  binary instanceof Uint8Array ? binary : new Uint8Array(binary);
