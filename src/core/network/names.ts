import type { Words } from '../words';
import { layerFaults } from './faults';
import type { AnyLayerSpec, Fault, LayerKind } from './layerKind';

/** Names as Keras gives them: "conv2d", "conv2d_1", unless a layer has one of its own. */
export class Names {
  readonly #counts = new Map<string, number>();
  /** Who has a name: a path. */
  readonly #owners = new Map<string, string | Words>([['input_layer', [layerFaults.input]]]);

  readonly #given: ReadonlySet<string | undefined>;

  /** @param given the names that layers have of their own, wherever they are */
  constructor(given: readonly (string | undefined)[]) {
    this.#given = new Set(given);
  }

  of(spec: AnyLayerSpec, kind: LayerKind, path: string, fault: Fault): string {
    const name = spec.name ?? this.#free(kind.kerasName(spec));
    const owner = this.#owners.get(name);
    if (owner !== undefined) fault([layerFaults.name, 'name', name, owner], { field: 'name' });
    else this.#owners.set(name, path);
    return name;
  }

  #free(kerasName: string): string {
    for (;;) {
      const count = this.#counts.get(kerasName) ?? 0;
      this.#counts.set(kerasName, count + 1);
      const name = count === 0 ? kerasName : `${kerasName}_${count}`;
      if (!this.#given.has(name)) return name;
    }
  }
}
