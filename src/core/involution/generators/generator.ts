import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import type { KernelStatistic } from '../../kernels/statistics';
import type { Words } from '../../words';
import type { InvolutionAttributes } from '../geometry';
import type { Tensor6D } from '../operator';
import type { Ops } from './ops';

/** The layer that kernels are generated for. */
export interface LayerSetting extends InvolutionAttributes {
  /** Of its input. */
  readonly channels: number;
}

export interface WeightSpec<Name extends string = string> {
  readonly name: Name;
  readonly shape: readonly number[];
  /** glorot: uniform within ±√(6 / (fan in + fan out)), Keras's default; a limit: uniform within ± it. */
  readonly initializer: 'zeros' | 'ones' | 'glorot' | { readonly limit: number };
  /** Default true. What does not learn is a moving statistic. */
  readonly trainable?: boolean;
}

/** A 1×1 convolution, C → C, that goes with a kind: before the involution (value) or after it (output). */
export interface Projections {
  readonly value?: { readonly useBias: boolean };
  readonly output?: { readonly useBias: boolean };
}

/** Multiply–accumulates: per pixel of the layer's input, and per position of its output. */
export interface Macs {
  readonly perInput: number;
  readonly perOutput: number;
}

/** Arguments that don't fit each other: `argument` must be `allowed`, but is `received`. */
export interface Misfit {
  readonly argument: string;
  readonly received: unknown;
  readonly allowed: Words;
  /** What would fit. */
  readonly nearest: unknown;
}

/**
 * Takes a stage on the way from the pixel to its kernel: [B,Ho,Wo,…], of which the position's is shown, or, seen
 * through the window, [B,H,W,…], of which the stencil's taps are.
 */
export type NoteStage = (
  name: string,
  values: Tensor,
  seen?: 'at the position' | 'through the window',
) => void;

/** A stage in words: a sentence for people, a formula for those who hover. */
export interface StageWords {
  readonly title: string;
  readonly description: string;
  /** x is the pixel, z the stage before, j a tap of the window. */
  readonly formula: string;
}
/** Of a kind's stages, by the names that it notes them under; `kernel` is what it gives in the end. */
export type StagesInWords = Readonly<Record<string, StageWords>> & { readonly kernel: StageWords };

export interface Generation<Chosen = Readonly<Record<string, unknown>>, Name extends string = string> {
  /** The layer's input [B,H,W,C]. */
  readonly x: Tensor4D;
  readonly weights: Readonly<Record<Name, Tensor>>;
  readonly options: Chosen;
  readonly setting: LayerSetting;
  readonly training: boolean;
  /** There while a kernel is explained. */
  readonly note?: NoteStage | undefined;
}

/** In training, the moving statistics after this step. */
export type Moved<Name extends string = string> = Readonly<Partial<Record<Name, Tensor>>>;

export type ConstantStatistics = Readonly<Partial<Record<KernelStatistic, string>>>;
/** Of kernels that are a softmax over their taps. */
export const softmaxConstants: ConstantStatistics = { sum: 'a softmax sums to 1' };

/** What a kind's options come to, defaults filled in. */
type Options<Entries extends v.ObjectEntries> = v.InferOutput<v.StrictObjectSchema<Entries, undefined>>;

interface Definition<Kind extends string, Entries extends v.ObjectEntries, Name extends string> {
  readonly kind: Kind;
  readonly title: string;
  /** One sentence: where the kernel of a position comes from. */
  readonly description: string;
  /** Each with title, description, default and range. */
  readonly options: Entries;
  /** What is wrong with the options for such a layer, if anything; its channels are null while they are not known. */
  misfit?(
    setting: Omit<LayerSetting, 'channels'> & { readonly channels: number | null },
    options: Options<Entries>,
  ): Misfit | null;
  /** In the order in which the layer makes them, and draws their seeds. */
  weights(setting: LayerSetting, options: Options<Entries>): WeightSpec<Name>[];
  /** Their weights come after the kind's own. Default: none. */
  readonly projections?: Projections;
  /** The side of the kernels, where it is not the layer's K. */
  stencilSize?(kernelSize: number, options: Options<Entries>): number;
  /** Of the generator alone; statistics, activation functions and sums don't count. */
  macs(setting: LayerSetting, options: Options<Entries>): Macs;
  readonly stages: StagesInWords;
  /** What a picture of its kernels should show. */
  statistic(options: Options<Entries>): KernelStatistic;
  /** Statistics that are the same for all its kernels, so that their pictures tell nothing, and why. Default: none. */
  constants?(options: Options<Entries>): ConstantStatistics;
  /**
   * Differentiable in x and in the weights that learn. TF.js comes as an argument: so those who only read what kinds
   * there are don't load it.
   * @returns kernels [B,Ho,Wo,S·S,1,G], S the stencil's size.
   */
  generate(
    generation: Generation<Options<Entries>, Name>,
    ops: Ops,
  ): { readonly kernels: Tensor6D; readonly moved?: Moved<Name> };
  /**
   * Generation and involution in one, without the kernels; null where there is no such thing.
   * @param value [B,H,W,C], what the kernels are to be applied to.
   */
  fused?(
    generation: Generation<Options<Entries>, Name>,
    value: Tensor4D,
    ops: Ops,
  ): { readonly output: Tensor4D; readonly moved?: Moved<Name> } | null;
}

/** A way to generate kernels. Each is a file of this folder and a line in generatorKinds.ts. */
export interface GeneratorKind<
  Kind extends string = string,
  Entries extends v.ObjectEntries = v.ObjectEntries,
  Name extends string = string,
> extends Definition<Kind, Entries, Name> {
  /** `{ kind, …options }`, defaults filled in; unknown options are refused. */
  readonly schema: v.StrictObjectSchema<
    { readonly kind: v.LiteralSchema<Kind, undefined> } & Entries,
    undefined
  >;
}

export function generatorKind<
  const Kind extends string,
  const Entries extends v.ObjectEntries,
  const Name extends string,
>(definition: Definition<Kind, Entries, Name>): GeneratorKind<Kind, Entries, Name> {
  const { kind, options } = definition;
  return { ...definition, schema: v.strictObject({ kind: v.literal(kind), ...options }) };
}
