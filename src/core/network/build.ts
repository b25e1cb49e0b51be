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
import { layerClass } from './ownLayers';
import { type PlacedLayer, placeLayers } from './place';

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
 * of layers is a sequential model; one with branches or an involution, which has two outputs, is a functional one.
 * @throws NetworkError
 */
export function buildNetwork(
  network: NetworkSpec,
  { inputShape = [32, 32, 3], classes = 10, seed = 42 }: NetworkOptions = {},
): LayersModel {
  const seeds = weightSeeds(seed);
  const placed = placeLayers(network, inputShape, classes);
  const configsOf = ({ kind, spec, ...place }: PlacedLayer) =>
    kind.keras(spec, { ...place, seed: () => seeds.uint32() });
  if (placed.every(isPlain)) {
    const [first, ...rest] = placed.flatMap(configsOf) as [LayerConfig, ...LayerConfig[]];
    const begin = makeLayer({ ...first, config: { ...first.config, inputShape: [...inputShape] } });
    return sequential({ name: network.name, layers: [begin, ...rest.map(makeLayer)] });
  }
  const apply = (x: SymbolicTensor, layer: PlacedLayer): SymbolicTensor => {
    const ends = Object.values(layer.branches).map((branch) => branch.reduce(apply, x));
    const [first, ...rest] = configsOf(layer).map(makeLayer) as [layers.Layer, ...layers.Layer[]];
    const start = outputOf(first, ends.length > 0 ? ends : x);
    return rest.reduce((input, next) => outputOf(next, input), start);
  };
  const images = input({ shape: [...inputShape], name: 'input_layer' });
  return model({ inputs: images, outputs: placed.reduce(apply, images), name: network.name });
}

const isPlain = ({ branches, spec }: PlacedLayer) =>
  spec.kind !== 'involution' && Object.keys(branches).length === 0;

/** Its first output: an involution's second one are its kernels. */
function outputOf(layer: layers.Layer, x: SymbolicTensor | SymbolicTensor[]): SymbolicTensor {
  const outputs = layer.apply(x) as SymbolicTensor | SymbolicTensor[];
  return Array.isArray(outputs) ? outputs[0]! : outputs;
}

const makeLayer = ({ className, config }: LayerConfig): layers.Layer => new (layerClass(className))(config);
