import type { StoredNetwork, TopologyLayer } from './storedNetwork';

/** The shape of a tensor without the batch. */
type Shape = readonly number[];

const configOf: Record<string, (config: Readonly<Record<string, unknown>>) => Record<string, unknown>> = {
  Involution: ({
    name,
    generator,
    channels,
    groups,
    kernel_size,
    strides,
    reduction_ratio,
    group_layout,
  }) => {
    if (generator) {
      const { kind } = generator as { kind: string };
      throw new Error(
        `The .keras format has no form for the generator "${kind}" of the layer "${name}", or for its options. Export the network in another format.`,
      );
    }
    return {
      channel: channels,
      group_number: groups,
      kernel_size,
      stride: strides,
      reduction_ratio,
      group_layout,
    };
  },
  ReLU: () => ({}),
  Flatten: () => ({}),
  MaxPooling2D: ({ pool_size, padding, strides }) => ({ pool_size, padding, strides }),
  Conv2D: ({ filters, kernel_size, strides, padding, activation, use_bias }) => ({
    filters,
    kernel_size,
    strides,
    padding,
    activation,
    use_bias,
  }),
  Dense: ({ units, activation, use_bias }) => ({ units, activation, use_bias }),
};

/**
 * `config.json` of the `.keras` v3 format. Keras derives no shapes while it reads a functional network, so each tensor's
 * is written with it.
 */
export function kerasConfig(
  { isSequential, layers }: StoredNetwork,
  inputShape: Shape,
): Record<string, unknown> {
  return isSequential ? sequential(layers, inputShape) : functional(layers, inputShape);
}

function sequential(layers: readonly TopologyLayer[], inputShape: Shape): Record<string, unknown> {
  return {
    module: 'keras',
    class_name: 'Sequential',
    config: {
      name: 'convolution',
      trainable: true,
      layers: [inputLayer('input_layer', inputShape), ...layers.map(layerItem)],
      build_input_shape: [null, ...inputShape],
    },
    registered_name: null,
  };
}

function functional(layers: readonly TopologyLayer[], inputShape: Shape): Record<string, unknown> {
  const shapes = new Map<string, Shape>();
  const items = layers.map((layer) => {
    const { name } = layer.config;
    const [source] = layer.inbound_nodes?.[0] ?? [];
    if (!source) {
      shapes.set(name, inputShape);
      return { ...inputLayer(name, inputShape), name, inbound_nodes: [] };
    }
    const [from, node, output] = source;
    const shape = shapes.get(from)!;
    shapes.set(name, outputShape(layer, shape));
    const tensor = {
      class_name: '__keras_tensor__',
      config: { shape: [null, ...shape], dtype: 'float32', keras_history: [from, node, output] },
    };
    return { ...layerItem(layer), name, inbound_nodes: [{ args: [tensor], kwargs: {} }] };
  });
  const [first, last] = [layers[0]!.config.name, layers.at(-1)!.config.name];
  return {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config: {
      name: 'involution',
      trainable: true,
      layers: items,
      input_layers: [[first, 0, 0]],
      output_layers: [[last, 0, 0]],
    },
    registered_name: 'Functional',
  };
}

function inputLayer(name: string, inputShape: Shape): Record<string, unknown> {
  return {
    module: 'keras.layers',
    class_name: 'InputLayer',
    config: { batch_shape: [null, ...inputShape], dtype: 'float32', sparse: false, name },
    registered_name: null,
  };
}

function layerItem({ class_name, config }: TopologyLayer): Record<string, unknown> {
  const own = configOf[class_name];
  if (!own) throw new Error(`The .keras format is not known for a layer ${class_name}.`);
  const isOurs = class_name === 'Involution';
  return {
    module: isOurs ? null : 'keras.layers',
    class_name,
    config: { name: config.name, trainable: true, dtype: 'float32', ...own(config) },
    registered_name: isOurs ? 'involution>Involution' : null,
  };
}

function outputShape({ class_name, config }: TopologyLayer, input: Shape): Shape {
  switch (class_name) {
    case 'Involution': {
      const [height, width, channels] = input as [number, number, number];
      const strides = config.strides as number;
      return [Math.ceil(height / strides), Math.ceil(width / strides), channels];
    }
    case 'MaxPooling2D': {
      const [height, width, channels] = input as [number, number, number];
      const [down, across] = config.pool_size as [number, number];
      return [Math.floor(height / down), Math.floor(width / across), channels];
    }
    case 'Flatten':
      return [input.reduce((product, side) => product * side, 1)];
    case 'Dense':
      return [config.units as number];
    default:
      return input;
  }
}
