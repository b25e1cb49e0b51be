import type { TensorFlowBackend } from './backend';

/** What is to be freed with the data of a tensor: things of ours that TF.js knows nothing of. */
export class Disposal {
  readonly #companions = new WeakMap<object, (() => void)[]>();
  readonly #stock: TensorFlowBackend['disposeData'];

  constructor(private readonly backend: TensorFlowBackend) {
    this.#stock = backend.disposeData;
    backend.disposeData = (dataId, force) => {
      const gone = this.#stock.call(backend, dataId, force);
      if (gone) for (const free of this.#companions.get(dataId) ?? []) free();
      if (gone) this.#companions.delete(dataId);
      return gone;
    };
  }

  /** Calls `free` when nobody holds the data any more. */
  with(dataId: object, free: () => void): void {
    this.#companions.set(dataId, [...(this.#companions.get(dataId) ?? []), free]);
  }

  restore(): void {
    this.backend.disposeData = this.#stock;
  }
}
