import type { LayersModel, LayerVariable, layers, Shape } from '@tensorflow/tfjs-layers';
import { Involution } from '../involution/layer';

export interface LayerSummary {
  readonly name: string;
  readonly type: string;
  /** One an output; null is the batch, and a side that may have any length. */
  readonly outputShapes: (number | null)[][];
  readonly params: number;
  /** Multiply–accumulates for one image; null when a side's length is not known. */
  readonly macs: number | null;
  /** Bytes of one image's activations (float32), all outputs; null when a side's length is not known. */
  readonly activationBytes: number | null;
}

export interface ModelSummary {
  readonly name: string;
  readonly layers: LayerSummary[];
  /** Parameters. `total` counts the optimizer's too, as Keras does once a model is compiled. */
  readonly totals: { total: number; trainable: number; nonTrainable: number; optimizer: number };
}

/** What Keras's `summary()` tells of a model that trains with Adam, and what each layer costs. */
export function summarize(model: LayersModel): ModelSummary {
  const trainable = countParams(model.trainableWeights);
  const nonTrainable = countParams(model.nonTrainableWeights);
  // Adam keeps two moments a parameter, its step count and its learning rate.
  const optimizer = 2 * trainable + 2;
  return {
    name: model.name,
    layers: model.layers.map(summarizeLayer),
    totals: { total: trainable + nonTrainable + optimizer, trainable, nonTrainable, optimizer },
  };
}

function summarizeLayer(layer: layers.Layer): LayerSummary {
  const outputShapes = outputShapesOf(layer);
  const sizes = outputShapes.map((shape) => product(shape.slice(1)));
  return {
    name: layer.name,
    type: layer.getClassName(),
    outputShapes,
    params: layer.countParams(),
    macs: layer instanceof Involution ? layer.macs(inputShapeOf(layer)) : macsOf(layer, outputShapes[0]!),
    activationBytes: sizes.some((size) => size === null)
      ? null
      : 4 * sizes.reduce<number>((a, b) => a + b!, 0),
  };
}

/** As the layer was first applied: a layer may be shared with another model. */
function outputShapesOf(layer: layers.Layer): Shape[] {
  return severalOf(layer.inboundNodes[0]!.outputShapes);
}

function inputShapeOf(layer: layers.Layer): Shape {
  return severalOf(layer.inboundNodes[0]!.inputShapes)[0]!;
}

function severalOf(shapes: Shape | Shape[]): Shape[] {
  return (Array.isArray(shapes[0]) ? shapes : [shapes]) as Shape[];
}

/** Dense layers and convolutions (depthwise, separable) use each weight of their kernels once an output position. */
function macsOf(layer: layers.Layer, outputShape: Shape): number | null {
  const positions = product(outputShape.slice(1, -1));
  if (positions === null) return null;
  return positions * countParams(layer.weights.filter((weight) => weight.shape.length > 1));
}

function countParams(weights: LayerVariable[]): number {
  return weights.reduce((sum, weight) => sum + product(weight.shape)!, 0);
}

function product(shape: Shape): number | null {
  return shape.reduce<number | null>((size, side) => (size === null || side == null ? null : size * side), 1);
}
