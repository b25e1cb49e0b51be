import type * as v from 'valibot';
import { WordedError } from '../wordedError';
import type { Words } from '../words';
import { layerFaults } from './faults';
import type { FaultPlace } from './networkError';
import { type Shape, shapeText } from './shape';

/** What every layer says: which kind it is, and what it is called (by default as Keras would call it). */
export interface AnyLayerSpec {
  readonly kind: string;
  readonly name?: string | undefined;
}

/** What a layer holds and computes, known before there is one; without the layers of its branches. */
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

export interface JoinPlace extends LayerPlace {
  /** What its branches give, by their names. */
  readonly branches: Readonly<Record<string, Shape>>;
}

/** Where a layer stands without fault. */
export interface FitPlace extends LayerPlace {
  readonly output: Shape;
}

export interface KerasPlace extends FitPlace {
  readonly name: string;
  /** The next seed for initial weights; to be drawn once per kernel, in Keras's order of weights. */
  readonly seed: () => number;
}

/** Takes what is wrong, "groups must be a divisor of its input's 96 channels, but is 36", and where in the layer. */
export type Fault = (words: Words, place?: FaultPlace) => void;

/** The schema of any layer, for kinds whose fields hold layers. */
export type LayersSchema = v.GenericSchema<unknown, AnyLayerSpec[]>;

/**
 * One kind of layer: a file of src/core/network/layers each. Pure data and arithmetic: TF.js makes the layer from what
 * `keras` gives.
 */
export interface LayerKind<Spec extends AnyLayerSpec = AnyLayerSpec> {
  readonly kind: string;
  /** Its fields, each with title, description, default and range: forms, help and the JSON schema are made of it. */
  readonly schema:
    | v.GenericSchema<unknown, Spec>
    | ((layers: LayersSchema) => v.GenericSchema<unknown, Spec>);
  /** Its name in Keras, to which `_1`, `_2` … are added: "conv2d". */
  kerasName(spec: Spec): string;
  /**
   * Layers in series, which begin with its input, by the name of the field that has them. Its TF.js layer gets what they
   * give, in their order. Default: it has none and gets its input.
   */
  branches?(spec: Spec): Readonly<Record<string, readonly AnyLayerSpec[]>>;
  /**
   * What it gives. Everything that is wrong with the layer where it stands goes to `fault`; the shape is then what it
   * would most likely give, so that the layers after it can be judged.
   * @throws LayerProblem when no such shape can be told
   */
  outputShape(spec: Spec, place: JoinPlace, fault: Fault): Shape;
  cost(spec: Spec, place: FitPlace): LayerCost;
  /** The layer, or layers in series, that it is in TF.js and Keras. */
  keras(spec: Spec, place: KerasPlace): LayerConfig[];
}

/** A fault after which there is no telling what the layer gives. */
export class LayerProblem extends WordedError {
  override readonly name = 'LayerProblem';
}

/** [height, width, channels] of a layer that needs an image. @throws LayerProblem */
export function imageShape(input: Shape): readonly [height: number, width: number, channels: number] {
  if (input.length !== 3) throw new LayerProblem([layerFaults.image, shapeText(input)]);
  return input as readonly [number, number, number];
}

/** Costs of a layer that has nothing to learn and does not count as arithmetic. */
export const costOfValues = (activations: number): LayerCost => ({
  ...{ parameters: 0, statistics: 0, macs: 0 },
  activations,
});

/** A kind, its spec's type inferred. */
export function layerKind<Spec extends AnyLayerSpec>(kind: LayerKind<Spec>): LayerKind<Spec> {
  return kind;
}
