import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  type backend_util,
  type DataType,
  findBackend,
  getKernel,
  getKernelsForBackend,
  type KernelFunc,
  Reshape,
  type ReshapeAttrs,
  type TensorInfo,
  Transpose,
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

  const borrowed =
    (kernelFunc: KernelFunc): KernelFunc =>
    ({ inputs, attrs }) => {
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
    };

  for (const { kernelName, kernelFunc } of getKernelsForBackend('wasm'))
    if (!getKernel(kernelName, 'tensorflow') && kernelName !== betterApart)
      kernels.replace(kernelName, () => borrowed(kernelFunc));
  // As the weights of a generator are transposed, which no op of TensorFlow's needs before or after it.
  const onHeapOnly = ({ dataId }: TensorInfo) => backend.tensorMap.get(dataId).id < 0 && onHeap.has(dataId);
  const transposed = borrowed(getKernel(Transpose, 'wasm')!.kernelFunc);
  kernels.replace(
    Transpose,
    (stock) => (args) => (onHeapOnly(args.inputs.x!) ? transposed(args) : stock(args)),
  );
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

/** A tensor that TensorFlow has not seen: tfjs-node asks for `values` before it uses the id. */
class HeapRecord implements TensorRecord {
  readonly shape: number[];
  readonly dtype: number;
  id = -1;
  refCount = 1;

  constructor(
    private readonly backend: TensorFlowBackend,
    private readonly heap: BackendWasm,
    private readonly twin: TensorInfo,
  ) {
    this.shape = twin.shape;
    this.dtype = typeNumber(backend, twin.dtype);
  }

  /**
   * Has TensorFlow copy them. An array of JavaScript's between the two would be new memory each time, which takes ten
   * times as long. `lent` may be the heap itself, so an op that hands its input on must not see it.
   */
  get values(): backend_util.BackendValues | null {
    if (this.id >= 0) return null;
    const { binding } = this.backend;
    const lent = binding.createTensor(this.shape, this.dtype, this.heap.typedArrayFromHeap(this.twin));
    const type = { name: 'T', type: binding.TF_ATTR_TYPE, value: this.dtype };
    this.id = binding.executeOp('DeepCopy', [type], [lent], 1)[0]!.id;
    binding.deleteTensor(lent);
    return null;
  }

  /** tfjs-node forgets the values of a tensor that has an id. */
  set values(_none: backend_util.BackendValues | null) {}
}

function typeNumber({ binding }: TensorFlowBackend, dtype: DataType): number {
  const types = { float32: binding.TF_FLOAT, int32: binding.TF_INT32, bool: binding.TF_BOOL };
  return types[dtype as keyof typeof types];
}
