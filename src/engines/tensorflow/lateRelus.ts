import { type backend_util, keep, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorFlowBackend, TensorRecord } from './backend';
import type { Disposal } from './disposal';
import { attributesOf } from './opAttributes';

/**
 * ReLUs that wait until somebody wants their values. Max-pooling takes the same pixel of a window before a ReLU as after
 * it, and the ReLU's gradient needs no more than the signs: so where only these two ask for what a convolution gave,
 * the ReLU is done on what was pooled, a quarter of it, and its gradient too. The values stay the same; zeros may change their sign.
 */
export class LateRelus {
  readonly #records = new WeakMap<object, LateRelu>();

  constructor(
    private readonly backend: TensorFlowBackend,
    private readonly disposal: Disposal,
  ) {}

  /** relu(x), later. `x` is the ReLU's own from now on. */
  of(x: Tensor): TensorInfo {
    const dataId = {};
    const record = new LateRelu(this.backend, keep(x));
    this.#records.set(dataId, record);
    this.backend.tensorMap.set(dataId, record);
    this.disposal.with(dataId, () => record.forget());
    return { dataId, shape: x.shape, dtype: x.dtype };
  }

  /** What the ReLU is of, if y is a ReLU's and still waits. */
  before({ dataId }: TensorInfo): Tensor | null {
    return this.#records.get(dataId)?.waiting ?? null;
  }
}

/** A tensor that TensorFlow has not computed: tfjs-node asks for `values` before it uses the id. */
class LateRelu implements TensorRecord {
  readonly shape: number[];
  readonly dtype: number;
  id = -1;
  refCount = 1;
  #x: Tensor | null;

  constructor(
    private readonly backend: TensorFlowBackend,
    x: Tensor,
  ) {
    this.#x = x;
    this.shape = x.shape;
    this.dtype = backend.binding.TF_FLOAT;
  }

  get waiting(): Tensor | null {
    return this.#x;
  }

  get values(): backend_util.BackendValues | null {
    if (this.#x) {
      const y = this.backend.executeSingleOutput('Relu', [attributesOf(this.backend).float], [this.#x]);
      const record = this.backend.tensorMap.get(y.dataId);
      this.id = record.id;
      // It is this record's now: what goes with y is no more than its name.
      record.id = -1;
      y.dispose();
      this.forget();
    }
    return null;
  }

  /** tfjs-node forgets the values of a tensor that has an id. */
  set values(_none: backend_util.BackendValues | null) {}

  forget(): void {
    this.#x?.dispose();
    this.#x = null;
  }
}
