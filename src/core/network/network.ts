import * as v from 'valibot';
import type { AnyLayerSpec } from './layerKind';
import { layerKinds } from './layerKinds';

/** A layer of any kind; the kinds are looked up when it is parsed. */
export const LayerSpec: v.GenericSchema<unknown, AnyLayerSpec> = v.lazy((input) => {
  const kind = (input as Partial<AnyLayerSpec> | null)?.kind;
  const known = typeof kind === 'string' && Object.hasOwn(layerKinds, kind) ? layerKinds[kind] : undefined;
  return known
    ? (known.schema as v.GenericSchema<unknown, AnyLayerSpec>)
    : v.object({ kind: v.picklist(Object.keys(layerKinds)) });
});

/** No network that could be trained here has more; a run folder may come from anywhere. */
const mostLayers = 2000;

/**
 * A network as a value: its layers in order, from images [height, width, channels] with values in [0, 1] to one logit
 * per class. Which images and how many classes, the data says.
 */
export const NetworkSpec = v.pipe(
  v.strictObject({
    /** The name in Keras-style summaries: "inv_model". */
    name: v.pipe(v.string(), v.nonEmpty(), v.maxLength(100)),
    layers: v.pipe(v.array(LayerSpec), v.minLength(1), v.maxLength(mostLayers)),
  }),
  v.title('Network'),
  v.description('Layers in order, from images to one logit per class.'),
);
export type NetworkSpec = v.InferOutput<typeof NetworkSpec>;
/** As a person writes it: what has a default may be left out. */
export type NetworkSpecInput = Omit<NetworkSpec, 'layers'> & {
  readonly layers: readonly (AnyLayerSpec & { readonly [field: string]: unknown })[];
};
