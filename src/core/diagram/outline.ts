import type { AnyLayerSpec, LayerCost } from '../network/layerKind';
import type { PlacedLayer } from '../network/place';
import type { Shape } from '../network/shape';

/** A layer as a diagram shows it: plain data, for whoever draws it elsewhere. */
export interface LayerOutline {
  /** "layers[4].main[1]". */
  readonly path: string;
  readonly name: string;
  readonly kind: string;
  /** The kind, and what tells it from others of the same: "involution 7×7 /2", "relu". */
  readonly title: string;
  readonly input: Shape;
  readonly output: Shape;
  readonly cost: LayerCost;
  /** Its own layers in series, if it has any, in the order of its fields. */
  readonly branches: readonly (readonly LayerOutline[])[];
}

export const outlineOf = (layers: readonly PlacedLayer[]): LayerOutline[] =>
  layers.map(({ path, name, spec, input, output, cost, branches }) => ({
    ...{ path, name, kind: spec.kind, title: titleOf(spec), input, output, cost },
    branches: Object.values(branches).map(outlineOf),
  }));

/** Every layer of a diagram, a layer before those of its branches. */
export const allOutlines = (layers: readonly LayerOutline[]): LayerOutline[] =>
  layers.flatMap((layer) => [layer, ...layer.branches.flatMap(allOutlines)]);

/** With the window of whatever kind has one, and its strides; a function stands for itself. */
function titleOf(spec: AnyLayerSpec): string {
  const fields = spec as AnyLayerSpec & {
    readonly kernelSize?: number;
    readonly size?: number;
    readonly strides?: number | null;
    readonly function?: string;
  };
  const window = fields.kernelSize ?? fields.size;
  const strides = fields.strides ?? 1;
  const words = [
    fields.function ?? spec.kind,
    window === undefined ? '' : `${window}×${window}`,
    strides > 1 ? `/${strides}` : '',
  ];
  return words.filter(Boolean).join(' ');
}
