import * as v from 'valibot';
import { choice } from '../fields';
import type { LayerSpecInput, NetworkSpecInput } from '../network';

/**
 * The body of RedNet (Li et al. 2021, d-li14/involution), which is ResNet's: a stem, four stages of bottlenecks, a mean,
 * a dense layer. In PyTorch's arithmetic: padded alike on both sides, batch norm with ε 1e-5.
 */

/** Bottlenecks in each of the four stages. */
const stages = {
  26: [1, 2, 4, 1],
  38: [2, 3, 5, 2],
  50: [3, 4, 6, 3],
  101: [3, 4, 23, 3],
  152: [3, 8, 36, 3],
} as const;
const depths = [26, 38, 50, 101, 152] as const;
const step = 1 / 8;

export const bodyParameters = {
  depth: v.optional(
    v.pipe(
      v.picklist(depths, `one of ${depths.join(', ')}`),
      v.title('Depth'),
      v.description('Layers, as the paper counts them.'),
    ),
    26,
  ),
  width: v.optional(
    v.pipe(
      v.number(`a multiple of ${step} from ${step} to 4`),
      v.minValue(step, `a multiple of ${step} from ${step} to 4`),
      v.maxValue(4, `a multiple of ${step} from ${step} to 4`),
      v.multipleOf(step, `a multiple of ${step} from ${step} to 4`),
      v.title('Width'),
      v.description('All channels are multiplied by it.'),
    ),
    1,
  ),
  stem: v.optional(
    choice(
      'Stem',
      'imagenet: three layers and a max pool, to a quarter of the size; cifar: one convolution, at full size, for images of some 32 pixels.',
      ['imagenet', 'cifar'],
    ),
    'imagenet',
  ),
};
type BodyParameters = v.InferOutput<v.StrictObjectSchema<typeof bodyParameters, undefined>>;

/** A layer that looks at the neighbourhood of each pixel and keeps the number of channels. */
export type Spatial = (channels: number, options: { kernelSize: number; strides: number }) => LayerSpecInput;

export const norm = { kind: 'batch-norm', momentum: 0.9, epsilon: 1e-5 };
export const relu = { kind: 'activation' };
export const convolution = (filters: number, kernelSize: number, strides = 1): LayerSpecInput => ({
  ...{ kind: 'convolution', filters, kernelSize, strides },
  ...{ padding: 'symmetric', bias: false, initializer: 'he' },
});

export function residualNetwork(
  name: string,
  { depth, width, stem, kernelSize }: BodyParameters & { readonly kernelSize: number },
  spatial: Spatial,
): NetworkSpecInput {
  const base = 64 * width;
  const bodies = stages[depth].flatMap((count, stage) =>
    Array.from({ length: count }, (_, i) => {
      const strides = stage > 0 && i === 0 ? 2 : 1;
      return bottleneck(base * 2 ** stage, i === 0, spatial, { kernelSize, strides });
    }),
  );
  return {
    name,
    layers: [
      ...(stem === 'imagenet' ? imagenetStem(base, spatial) : [convolution(base, 3), norm, relu]),
      ...bodies.flat(),
      { kind: 'global-average-pool' },
      { kind: 'dense', units: 'classes' },
    ],
  };
}

function imagenetStem(width: number, spatial: Spatial): LayerSpecInput[] {
  return [
    ...[convolution(width / 2, 3, 2), norm, relu],
    ...[spatial(width / 2, { kernelSize: 3, strides: 1 }), norm, relu],
    ...[convolution(width, 3), norm, relu],
    { kind: 'max-pool', size: 3, strides: 2, padding: 'symmetric' },
  ];
}

/** 1×1 to `channels`, the spatial layer, 1×1 to four times as many, and around it the input or a 1×1 convolution of it. */
function bottleneck(
  channels: number,
  isFirst: boolean,
  spatial: Spatial,
  windows: { kernelSize: number; strides: number },
): LayerSpecInput[] {
  const main = [
    ...[convolution(channels, 1), norm, relu],
    ...[spatial(channels, windows), norm, relu],
    ...[convolution(4 * channels, 1), { ...norm, gamma: 'zeros' }],
  ];
  const shortcut = isFirst ? [convolution(4 * channels, 1, windows.strides), norm] : [];
  return [{ kind: 'residual', main, shortcut }, relu];
}
