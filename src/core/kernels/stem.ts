import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { Involution } from '../involution/layer';
import { WordedError } from '../wordedError';

/** An involution of a network, and the layers between it and the next. */
export interface StemStage {
  readonly involution: Involution;
  readonly following: readonly layers.Layer[];
  /** By how much those shrink height and width. */
  readonly shrinkage: number;
}

/** It gives a part of an image what it gives the whole there: a ReLU, a pooling whose windows lie side by side. */
function worksOnStrips(layer: layers.Layer): boolean {
  if (layer.getClassName() === 'ReLU') return true;
  if (layer.getClassName() !== 'MaxPooling2D') return false;
  const { poolSize, strides, padding } = layer.getConfig();
  return String(poolSize) === String(strides) && padding === 'valid';
}

const layersOf = (network: LayersModel) =>
  network.layers.filter((layer) => layer.getClassName() !== 'InputLayer');

/** It is a chain of involutions up to the last, with nothing but what works on strips between them. */
export function isStem(network: LayersModel): boolean {
  const chain = layersOf(network);
  const stem = chain.slice(0, chain.findLastIndex((layer) => layer instanceof Involution) + 1);
  return (
    stem[0] instanceof Involution &&
    stem.every((layer) => layer instanceof Involution || worksOnStrips(layer))
  );
}

/**
 * The part of a network that accepts images of any size: a chain of involutions, each with what follows it up to the
 * next. The layers after the last involution are left out.
 * @throws Error for a network that does not begin with such a chain
 */
export function involutionStem(network: LayersModel): StemStage[] {
  const chain = layersOf(network);
  const last = chain.findLastIndex((layer) => layer instanceof Involution);
  if (last < 0)
    throw new WordedError([
      'The network "{0}" has no involution, so it has no kernels to show.',
      network.name,
    ]);
  const stages: { involution: Involution; following: layers.Layer[] }[] = [];
  for (const layer of chain.slice(0, last + 1)) {
    if (layer instanceof Involution) stages.push({ involution: layer, following: [] });
    else if (stages.length > 0 && worksOnStrips(layer)) stages.at(-1)!.following.push(layer);
    else
      throw new WordedError([
        '"{0}" is no chain of involutions: its layer "{1}" ({2}) comes before one.',
        ...[network.name, layer.name, layer.getClassName()],
      ]);
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
