import { generatorPlaces } from './kerasGenerators';

type Config = Readonly<Record<string, unknown>>;

/** What a layer of a TF.js topology is in Keras 3. */
export interface KerasForm {
  readonly className: string;
  readonly config: Config;
  /** By their places below the layer's group of the weights file: the weights, as TF.js calls them. */
  readonly places: Readonly<Record<string, string>>;
}

/** A layer that Keras has too: its arguments that the project's networks use, its weights in Keras's order. */
function stock(
  className: string,
  options: readonly string[] = [],
  weights: readonly string[] = [],
): (config: Config) => KerasForm {
  const places = Object.fromEntries(weights.map((weight, i) => [`vars/${i}`, weight]));
  return (config) => ({
    className,
    config: Object.fromEntries(options.map((option) => [option, config[option]])),
    places,
  });
}

const pool = ['pool_size', 'strides', 'padding'];
const convolution = ['kernel_size', 'strides', 'padding', 'use_bias'];

/** By TF.js's class name; null for what has no form. */
export const kerasForms: Record<string, (config: Config) => KerasForm | null> = {
  InputLayer: stock('InputLayer'),
  Activation: stock('Activation', ['activation']),
  Add: stock('Add'),
  AveragePooling2D: stock('AveragePooling2D', pool),
  BatchNormalization: stock(
    'BatchNormalization',
    ['momentum', 'epsilon'],
    ['gamma', 'beta', 'moving_mean', 'moving_variance'],
  ),
  Conv2D: stock('Conv2D', [...convolution, 'filters'], ['kernel', 'bias']),
  Dense: stock('Dense', ['units', 'activation', 'use_bias'], ['kernel', 'bias']),
  DepthwiseConv2D: stock(
    'DepthwiseConv2D',
    [...convolution, 'depth_multiplier'],
    ['depthwise_kernel', 'bias'],
  ),
  Dropout: stock('Dropout', ['rate']),
  Flatten: stock('Flatten'),
  GlobalAveragePooling2D: stock('GlobalAveragePooling2D'),
  GroupedConvolution: stock('Conv2D', [...convolution, 'filters', 'groups'], ['kernel', 'bias']),
  MaxPooling2D: stock('MaxPooling2D', pool),
  ReLU: stock('ReLU'),
  ZeroPadding2D: stock('ZeroPadding2D', ['padding']),
  /** Of involution_layer.py, whose arguments are called as the Keras example's. */
  Involution({ channels, groups, kernel_size, strides, reduction_ratio, group_layout, padding, generator }) {
    const kind = (generator as { kind: string } | undefined)?.kind ?? 'bottleneck';
    if (!Object.hasOwn(generatorPlaces, kind)) return null;
    return {
      className: 'Involution',
      config: {
        ...{ channel: channels, group_number: groups, kernel_size, stride: strides },
        ...{ reduction_ratio, group_layout, padding, generator },
      },
      places: generatorPlaces[kind]!,
    };
  },
};
