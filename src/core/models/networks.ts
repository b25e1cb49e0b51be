import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { initializers, input, type LayersModel, layers, model, sequential } from '@tensorflow/tfjs-layers';
import type { ImageShape } from '../data/dataset';
import { Involution } from '../involution/layer';
import { type Random, weightSeeds } from '../random';
import type { ModelName } from '../runs/spec';
import { convolution } from './convolution';

export interface NetworkOptions {
  /** Height, width, channels. Default: CIFAR-10's 32 × 32 × 3. */
  inputShape?: ImageShape;
  /** Default 10. */
  classes?: number;
  /** Decides the initial weights: the same on every engine. Default 42. */
  seed?: number;
}

/**
 * The two networks of the Keras example "Involutional neural networks", layer by layer, with the names that Keras
 * gives them. Both map images [B,H,W,C] with values in [0, 1] to logits [B, classes].
 */
export function involutionNet({
  inputShape = [32, 32, 3],
  classes = 10,
  seed = 42,
}: NetworkOptions = {}): LayersModel {
  const seeds = weightSeeds(seed);
  const involve = (x: SymbolicTensor, name: string) => {
    const layer = new Involution({ channels: 3, reductionRatio: 2, seed: seeds.uint32(), name });
    return layer.apply(x)[0];
  };
  const then = (x: SymbolicTensor, layer: layers.Layer) => layer.apply(x) as SymbolicTensor;

  const images = input({ shape: [...inputShape], name: 'input_layer' });
  // Inside each involution Keras makes a ReLU too, so that every other number is taken.
  let x = then(involve(images, 'inv_1'), layers.reLU({ name: 're_lu_1' }));
  x = then(x, layers.maxPooling2d({ poolSize: 2, name: 'max_pooling2d' }));
  x = then(involve(x, 'inv_2'), layers.reLU({ name: 're_lu_3' }));
  x = then(x, layers.maxPooling2d({ poolSize: 2, name: 'max_pooling2d_1' }));
  x = then(involve(x, 'inv_3'), layers.reLU({ name: 're_lu_5' }));
  const logits = classifier(classes, seeds).reduce(then, x);
  return model({ inputs: images, outputs: logits, name: 'inv_model' });
}

/** @see involutionNet */
export function convolutionNet({
  inputShape = [32, 32, 3],
  classes = 10,
  seed = 42,
}: NetworkOptions = {}): LayersModel {
  const seeds = weightSeeds(seed);
  const convolve = (filters: number, name: string, shape?: ImageShape) =>
    convolution({
      filters,
      kernelInitializer: initializers.glorotUniform({ seed: seeds.uint32() }),
      ...(shape && { inputShape: [...shape] }),
      name,
    });
  return sequential({
    name: 'sequential',
    layers: [
      convolve(32, 'conv2d', inputShape),
      layers.reLU({ name: 'relu1' }),
      layers.maxPooling2d({ poolSize: 2, name: 'max_pooling2d' }),
      convolve(64, 'conv2d_1'),
      layers.reLU({ name: 'relu2' }),
      layers.maxPooling2d({ poolSize: 2, name: 'max_pooling2d_1' }),
      convolve(64, 'conv2d_2'),
      layers.reLU({ name: 'relu3' }),
      ...classifier(classes, seeds),
    ],
  });
}

/** The head that both networks share. */
function classifier(classes: number, seeds: Random): layers.Layer[] {
  const kernelInitializer = () => initializers.glorotUniform({ seed: seeds.uint32() });
  return [
    layers.flatten({ name: 'flatten' }),
    layers.dense({ units: 64, activation: 'relu', kernelInitializer: kernelInitializer(), name: 'dense' }),
    layers.dense({ units: classes, kernelInitializer: kernelInitializer(), name: 'dense_1' }),
  ];
}

/** The networks by the names that runs know them by. */
export const networks: Record<ModelName, (options?: NetworkOptions) => LayersModel> = {
  involution: involutionNet,
  convolution: convolutionNet,
};
