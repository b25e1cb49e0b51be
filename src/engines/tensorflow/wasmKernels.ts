import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  type backend_util,
  findBackend,
  getKernel,
  getKernelsForBackend,
  Reshape,
  type ReshapeAttrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { FusedKernels } from '../../core/plan/kernels';
import { wasmDriver } from '../wasm/driver';
import type { TensorFlowBackend, TensorRecord } from './backend';
import type { Disposal } from './disposal';
import type { KernelReplacements } from './kernelReplacements';

/** What a plan would fuse for it: oneDNN's pool notes each window's winner, and its ReLU waits (`oneDnnKernels.ts`). */
const betterApart: keyof FusedKernels = 'MaxPoolReluGrad';

/**
 * TensorFlow has no involution, and what its ops can be composed to is several times slower than the wasm engine's
 * kernels: on a processor the tensorflow engine borrows every kernel that the wasm engine has and tfjs-node lacks.
 * What they give stays on the wasm engine's heap, and goes to TensorFlow when one of its ops wants it: the generated
 * kernels, the largest tensors of an involution network, never do.
 * @returns ends the loan; the kernels are to be restored before
 */
export async function borrowWasmKernels(
  backend: TensorFlowBackend,
  kernels: KernelReplacements,
  disposal: Disposal,
): Promise<() => Promise<void>> {
  const engine = await wasmDriver.start();
  const heap = findBackend('wasm') as BackendWasm;
  /** Tensors of TensorFlow, by data id, that have their values on the heap too, or only there. */
  const onHeap = new WeakMap<object, TensorInfo>();

  const pair = (dataId: object, twin: TensorInfo) => {
    onHeap.set(dataId, twin);
    disposal.with(dataId, () => heap.disposeData(twin.dataId));
  };

  const toHeap = ({ dataId, shape, dtype }: TensorInfo): TensorInfo => {
    let twin = onHeap.get(dataId);
    if (!twin) {
      twin = { dataId: heap.write(backend.readSync(dataId), shape, dtype), shape, dtype };
      pair(dataId, twin);
    }
    return { dataId: twin.dataId, shape, dtype };
  };

  const fromHeap = (twin: TensorInfo): TensorInfo => {
    const dataId = {};
    backend.tensorMap.set(dataId, new HeapRecord(backend, heap, twin));
    pair(dataId, twin);
    return { dataId, shape: twin.shape, dtype: twin.dtype };
  };

  for (const { kernelName, kernelFunc } of getKernelsForBackend('wasm')) {
    if (getKernel(kernelName, 'tensorflow') || kernelName === betterApart) continue;
    kernels.replace(kernelName, () => ({ inputs, attrs }) => {
      const tensors = Object.entries(inputs).filter((entry): entry is [string, TensorInfo] => !!entry[1]);
      const twins = tensors.map(([name, tensor]) => [name, toHeap(tensor)] as const);
      // A kernel may write over a tensor of which it holds the only reference: it must see those that are held here.
      const held = twins.filter((_, i) => backend.refCount(tensors[i]![1].dataId) > 1);
      for (const [, { dataId }] of held) heap.incRef(dataId);
      try {
        const given = Array.isArray(inputs) ? twins.map(([, twin]) => twin) : Object.fromEntries(twins);
        const outputs = kernelFunc({
          inputs: given as typeof inputs,
          ...(attrs && { attrs }),
          backend: heap,
        });
        return Array.isArray(outputs) ? outputs.map(fromHeap) : fromHeap(outputs);
      } finally {
        for (const [, { dataId }] of held) heap.disposeData(dataId);
      }
    });
  }
  // TensorFlow's own would fetch a tensor from the heap only to give it another shape.
  kernels.replace(Reshape, (stock) => (args) => {
    const x = args.inputs.x as TensorInfo;
    const twin = onHeap.get(x.dataId);
    if (!twin) return stock(args);
    heap.incRef(twin.dataId);
    const { shape } = args.attrs as unknown as ReshapeAttrs;
    return fromHeap({ ...twin, shape: util.inferFromImplicitShape(shape, util.sizeFromShape(x.shape)) });
  });

  return () => engine.dispose();
}

/** A tensor that TensorFlow has not seen: tfjs-node asks for `values` when an op needs it, and sets its id then. */
class HeapRecord implements TensorRecord {
  readonly shape: number[];
  readonly dtype: number;
  id = -1;
  refCount = 1;

  constructor(
    { binding }: TensorFlowBackend,
    private readonly heap: BackendWasm,
    private readonly twin: TensorInfo,
  ) {
    this.shape = twin.shape;
    const types = { float32: binding.TF_FLOAT, int32: binding.TF_INT32, bool: binding.TF_BOOL };
    this.dtype = types[twin.dtype as keyof typeof types];
  }

  get values(): backend_util.BackendValues | null {
    return this.id < 0 ? this.heap.readSync(this.twin.dataId) : null;
  }

  /** tfjs-node forgets the values of a tensor that has an id. */
  set values(_none: backend_util.BackendValues | null) {}
}
