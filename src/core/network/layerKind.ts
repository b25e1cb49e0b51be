import type * as v from 'valibot';
import type { Shape } from './shape';

/** What every layer says: which kind it is, and what it is called (by default as Keras would call it). */
export interface AnyLayerSpec {
  readonly kind: string;
  readonly name?: string | undefined;
}

/** What a layer holds and computes, known before there is one. */
export interface LayerCost {
  /** Values that learn. */
  readonly parameters: number;
  /** Values that training moves without a gradient: moving statistics. */
  readonly statistics: number;
  /** Multiply–accumulates per image. */
  readonly macs: number;
  /** New values per image: its outputs, unless they are its input in another order. */
  readonly activations: number;
}

/** A layer as TF.js makes it: the name of its class, and its arguments. */
export interface LayerConfig {
  readonly className: string;
  readonly config: { readonly name: string; readonly [field: string]: unknown };
}

export interface LayerPlace {
  readonly input: Shape;
  /** How many classes the network tells apart. */
  readonly classes: number;
}

export interface KerasPlace extends LayerPlace {
  readonly name: string;
  /** The next seed for initial weights; to be drawn once per kernel, in Keras's order of weights. */
  readonly seed: () => number;
}

/**
 * One kind of layer: a file of src/core/network/layers each. Pure data and arithmetic: TF.js makes the layer from what
 * `keras` gives.
 */
export interface LayerKind<Spec extends AnyLayerSpec = AnyLayerSpec> {
  readonly kind: string;
  /** Its fields, each with title, description, default and range: forms, help and the JSON schema are made of it. */
  readonly schema: v.GenericSchema<unknown, Spec>;
  /** Its name in Keras, to which `_1`, `_2` … are added: "conv2d". */
  readonly kerasName: string;
  /** @throws LayerProblem when it can't work on such an input. */
  outputShape(spec: Spec, place: LayerPlace): Shape;
  cost(spec: Spec, place: LayerPlace): LayerCost;
  /** The layer, or layers in series, that it is in TF.js and Keras. */
  keras(spec: Spec, place: KerasPlace): LayerConfig[];
}

/** What is wrong with a layer where it stands: "groups must be a divisor of its input's 96 channels, but is 36". */
export class LayerProblem extends Error {
  override readonly name = 'LayerProblem';
}

/** [height, width, channels] of a layer that needs an image. @throws LayerProblem */
export function imageShape(input: Shape): readonly [height: number, width: number, channels: number] {
  if (input.length !== 3)
    throw new LayerProblem(
      `needs an image, [height, width, channels], but gets ${input.join('×')} values: put it before flatten, dense and global pools`,
    );
  return input as readonly [number, number, number];
}

/** A kind as the record of kinds holds it, whatever its spec. */
export function layerKind<Spec extends AnyLayerSpec>(kind: LayerKind<Spec>): LayerKind<Spec> {
  return kind;
}
