import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { Involution } from '../involution/layer';

/** An involution of a network, and the layers between it and the next. */
export interface StemStage {
  readonly involution: Involution;
  readonly following: readonly layers.Layer[];
  /** By how much those shrink height and width. */
  readonly shrinkage: number;
}

/** Layers that work on an image of any size. */
const sizeFree = new Set(['ReLU', 'MaxPooling2D']);

/**
 * The part of a network that accepts images of any size: a chain of involutions, each with what follows it up to the
 * next. The layers after the last involution are left out.
 * @throws Error for a network that does not begin with such a chain
 */
export function involutionStem(network: LayersModel): StemStage[] {
  const chain = network.layers.filter((layer) => layer.getClassName() !== 'InputLayer');
  const last = chain.findLastIndex((layer) => layer instanceof Involution);
  if (last < 0)
    throw new Error(`The network "${network.name}" has no involution, so there are no kernels to show.`);
  const stages: { involution: Involution; following: layers.Layer[] }[] = [];
  for (const layer of chain.slice(0, last + 1)) {
    if (layer instanceof Involution) stages.push({ involution: layer, following: [] });
    else if (stages.length > 0 && sizeFree.has(layer.getClassName())) stages.at(-1)!.following.push(layer);
    else
      throw new Error(
        `The kernels of "${network.name}" can't be shown: its layer "${layer.name}" (${layer.getClassName()}) comes before an involution.`,
      );
  }
  return stages.map((stage) => ({ ...stage, shrinkage: product(stage.following.map(stridesOf)) }));
}

/** The side of the smallest image that leaves the last involution a pixel to work on. */
export function leastSide(stem: readonly StemStage[]): number {
  return stem
    .slice(0, -1)
    .reduceRight((side, { involution, shrinkage }) => (side * shrinkage - 1) * involution.strides + 1, 1);
}

function stridesOf(layer: layers.Layer): number {
  const { strides } = layer.getConfig();
  return Array.isArray(strides) ? (strides[0] as number) : 1;
}

const product = (factors: number[]) => factors.reduce((all, factor) => all * factor, 1);
