import { serialization } from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  type layers,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import type { ImageShape } from '../data/dataset';
import { weightSeeds } from '../random';
import type { LayerConfig } from './layerKind';
import type { NetworkSpec } from './network';
import { registerOwnLayers } from './ownLayers';
import { placeLayers } from './place';

export interface NetworkOptions {
  /** Height, width, channels. Default: CIFAR-10's 32 × 32 × 3. */
  inputShape?: ImageShape;
  /** Default 10. */
  classes?: number;
  /** Decides the initial weights: the same on every engine. Default 42. */
  seed?: number;
}

/**
 * The network as a TF.js model: images [B,H,W,C] with values in [0, 1] → logits [B, classes]. As in Keras a plain chain
 * of layers is a sequential model, and one with an involution, which has two outputs, a functional one.
 * @throws NetworkError
 */
export function buildNetwork(
  network: NetworkSpec,
  { inputShape = [32, 32, 3], classes = 10, seed = 42 }: NetworkOptions = {},
): LayersModel {
  const seeds = weightSeeds(seed);
  const configs = placeLayers(network, inputShape, classes).flatMap(({ kind, spec, input, name }) =>
    kind.keras(spec, { input, classes, name, seed: () => seeds.uint32() }),
  );
  if (configs.every(({ className }) => className !== 'Involution')) {
    const [first, ...rest] = configs as [LayerConfig, ...LayerConfig[]];
    const begin = makeLayer({ ...first, config: { ...first.config, inputShape: [...inputShape] } });
    return sequential({ name: network.name, layers: [begin, ...rest.map(makeLayer)] });
  }
  const images = input({ shape: [...inputShape], name: 'input_layer' });
  const logits = configs.reduce<SymbolicTensor>((x, config) => {
    const outputs = makeLayer(config).apply(x) as SymbolicTensor | SymbolicTensor[];
    return Array.isArray(outputs) ? outputs[0]! : outputs;
  }, images);
  return model({ inputs: images, outputs: logits, name: network.name });
}

function makeLayer({ className, config }: LayerConfig): layers.Layer {
  registerOwnLayers();
  const { classNameMap } = serialization.SerializationMap.getMap();
  const [layerClass] = classNameMap[className] ?? [];
  if (!layerClass) throw new Error(`TF.js knows no layer "${className}".`);
  return new (layerClass as unknown as new (config: object) => layers.Layer)(config);
}
