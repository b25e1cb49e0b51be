import type { KerasLayer, KerasNetwork } from './kerasNetwork';

/** `config.json` of the `.keras` v3 format. */
export function kerasConfig(network: KerasNetwork): Record<string, unknown> {
  return network.isSequential ? sequential(network) : functional(network);
}

function sequential({ name, layers, inputShape }: KerasNetwork): Record<string, unknown> {
  return {
    module: 'keras',
    class_name: 'Sequential',
    config: {
      ...{ name, trainable: true },
      layers: [inputLayer('input_layer', inputShape), ...layers.map(layerItem)],
      build_input_shape: inputShape,
    },
    registered_name: null,
  };
}

function functional({ name, layers, inputShape }: KerasNetwork): Record<string, unknown> {
  const [first, last] = [layers[0]!.name, layers.at(-1)!.name];
  const items = layers.map((layer) => ({
    ...(layer.className === 'InputLayer' ? inputLayer(layer.name, inputShape) : layerItem(layer)),
    name: layer.name,
    // As Keras 2 wrote them, and TF.js does; Keras 3 reads those too, and finds out the shapes itself.
    inbound_nodes: layer.inbound,
  }));
  return {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config: {
      ...{ name, trainable: true, layers: items },
      input_layers: [first, 0, 0],
      output_layers: [last, 0, 0],
    },
    registered_name: 'Functional',
  };
}

function inputLayer(name: string, inputShape: unknown): Record<string, unknown> {
  return {
    module: 'keras.layers',
    class_name: 'InputLayer',
    config: { batch_shape: inputShape, dtype: 'float32', sparse: false, name },
    registered_name: null,
  };
}

function layerItem({ name, className, config }: KerasLayer): Record<string, unknown> {
  const isOurs = className === 'Involution';
  return {
    module: isOurs ? null : 'keras.layers',
    class_name: className,
    config: { name, trainable: true, dtype: 'float32', ...config },
    registered_name: isOurs ? 'involution>Involution' : null,
  };
}
