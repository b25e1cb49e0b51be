import * as v from 'valibot';
import type { AnyLayerSpec, LayerKind } from './layerKind';
import { layerKinds } from './layerKinds';

type AnySchema = v.GenericSchema<unknown, AnyLayerSpec>;

/** No network that could be trained here has more in a row; a run folder may come from anywhere. */
const mostLayers = 2000;

/** A layer of any kind; the kinds are looked up when it is parsed. */
const LayerSpec: AnySchema = v.lazy(
  () =>
    v.variant('kind', Object.values(layerKinds).map(schemaOf) as never, 'an object') as unknown as AnySchema,
);
const LayerSpecs = v.pipe(
  v.array(LayerSpec, 'a list of layers'),
  v.maxLength(mostLayers, `at most ${mostLayers} layers`),
);

function schemaOf({ schema }: LayerKind<never>): AnySchema {
  return (typeof schema === 'function' ? schema(LayerSpecs) : schema) as AnySchema;
}

/**
 * A network as a value: its layers in order, from images [height, width, channels] with values in [0, 1] to one logit
 * per class. Which images and how many classes, the data says.
 */
export const NetworkSpec = v.pipe(
  v.strictObject(
    {
      name: v.pipe(
        v.string('a text'),
        v.nonEmpty('a text that is not empty'),
        v.maxLength(100, 'a text of at most 100 characters'),
        v.title('Name'),
        v.description('The name in summaries and files: "inv_model".'),
      ),
      layers: v.pipe(
        LayerSpecs,
        v.minLength(1, 'a list of at least one layer'),
        v.title('Layers'),
        v.description('In order, from images with values from 0 to 1 to one logit per class.'),
      ),
    },
    'an object',
  ),
  v.title('Network'),
  v.description('Layers in order, from images to one logit per class.'),
);
export type NetworkSpec = v.InferOutput<typeof NetworkSpec>;

/** A layer as a person writes it: what has a default may be left out. */
export type LayerSpecInput = AnyLayerSpec & { readonly [field: string]: unknown };
/** As a person writes it: what has a default may be left out. */
export type NetworkSpecInput = Omit<NetworkSpec, 'layers'> & { readonly layers: readonly LayerSpecInput[] };
