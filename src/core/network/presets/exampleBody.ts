import * as v from 'valibot';
import { integer, kernelSize } from '../fields';
import type { LayerSpecInput, NetworkSpecInput } from '../network';

/** What the networks after the Keras example's have in common. */

export const depth = v.optional(integer('Depth', 'Blocks, each of half the height and width.', 1, 8), 3);

/** Parameters of the involutional ones. */
export const involutionParameters = {
  width: v.optional(
    v.pipe(
      v.nullable(integer('Width', 'Channels.', 1, 1024)),
      v.title('Width'),
      v.description(
        'Channels that a 1×1 convolution makes of the image first. Default: none does, and involutions work on its colours.',
      ),
    ),
    null,
  ),
  depth,
  kernelSize: v.optional(kernelSize, 3),
  groups: v.optional(
    integer('Groups', 'Kernels per position; each serves its group of channels.', 1, 1024),
    1,
  ),
};
type InvolutionParameters = v.InferOutput<v.StrictObjectSchema<typeof involutionParameters, undefined>>;

/** Blocks of one layer and a ReLU, max pools between them. */
export function blocks(
  depth: number,
  layer: (index: number) => LayerSpecInput,
  activationName: (index: number) => string,
): LayerSpecInput[] {
  return Array.from({ length: depth }, (_, i) => [
    ...(i > 0 ? [{ kind: 'max-pool' }] : []),
    layer(i),
    { kind: 'activation', name: activationName(i) },
  ]).flat();
}

/** The head that the example's networks share. */
export const head: LayerSpecInput[] = [
  { kind: 'flatten' },
  { kind: 'dense', units: 64, activation: 'relu' },
  { kind: 'dense', units: 'classes' },
];

/** The example's involutional network, its kernels generated in any way. */
export function involutionalNetwork(
  name: string,
  { width, depth, kernelSize, groups }: InvolutionParameters,
  generator: Readonly<Record<string, unknown>>,
): NetworkSpecInput {
  const involve = (i: number) => ({
    ...{ kind: 'involution', name: `inv_${i + 1}`, kernelSize, groups },
    generator,
  });
  return {
    name,
    layers: [
      ...(width === null ? [] : [{ kind: 'convolution', filters: width, kernelSize: 1 }]),
      // Inside each of the example's involutions Keras makes a ReLU too, so that every other number is taken.
      ...blocks(depth, involve, (i) => `re_lu_${2 * i + 1}`),
      ...head,
    ],
  };
}
