import type { AnyLayerSpec, LayerKind } from './layerKind';
import { layerKinds } from './layerKinds';

/** All layers of a network, those of branches before the one that joins them. */
export function* allSpecs(layers: readonly AnyLayerSpec[]): Generator<AnyLayerSpec> {
  for (const layer of layers) {
    for (const branch of Object.values(branchesOf(layer))) yield* allSpecs(branch);
    yield layer;
  }
}

/** The layers that it has in series, by the name of the field; none for most kinds. */
export function branchesOf(layer: AnyLayerSpec): Readonly<Record<string, readonly AnyLayerSpec[]>> {
  return (layerKinds[layer.kind] as LayerKind).branches?.(layer) ?? {};
}
