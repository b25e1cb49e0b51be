import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { phraseOf } from '../../words';
import { ArgumentError, knownName, oneOf } from '../argumentErrors';
import type { InvolutionAttributes } from '../geometry';
import type { GeneratorKind, WeightSpec } from './generator';
import { type GeneratorInput, type GeneratorName, generatorKinds, generatorNames } from './generatorKinds';

/** What a generator of one's own is told, and asks. */
export interface OwnGeneratorContext extends InvolutionAttributes {
  readonly training: boolean;
  /** The layer's weight of that name; the first call makes it. Default: glorot, it learns. */
  weight(
    name: string,
    shape: readonly number[],
    options?: Partial<Pick<WeightSpec, 'initializer' | 'trainable'>>,
  ): Tensor;
}

/**
 * A generator of one's own: from the layer's input [B,H,W,C] to a kernel at each position [B,⌈H/s⌉,⌈W/s⌉,K·K,1,G], out
 * of any TF.js ops. The layer calls it once with a small image of zeros when it is built, so that its weights are there.
 */
export type OwnGenerator = (x: Tensor4D, context: OwnGeneratorContext) => Tensor;

/** A kind with its options, every one of them. */
export interface ChosenGenerator {
  readonly kind: GeneratorKind;
  readonly options: { readonly [option: string]: unknown };
}

/**
 * The kind and the options that are meant by "attention" or `{ kind: "attention", border: "zero" }`.
 * @throws ArgumentError
 */
export function chooseGenerator(generator: GeneratorName | GeneratorInput): ChosenGenerator {
  const given = typeof generator === 'string' ? { kind: generator } : generator;
  const kind = generatorKinds[oneOf('generator', given.kind, generatorNames)];
  for (const name of Object.keys(given))
    knownName(['an option of the generator "{0}"', given.kind], name, ['kind', ...Object.keys(kind.options)]);
  const parsed = v.safeParse(kind.schema, given);
  if (!parsed.success) {
    const [{ path, input, message }] = parsed.issues;
    throw new ArgumentError(String(path?.[0].key), input, phraseOf(message));
  }
  const { kind: _, ...options } = parsed.output;
  return { kind, options };
}

/** What the options are beyond their defaults: what a configuration needs to say. */
export function ownOptions({ kind, options }: ChosenGenerator): Record<string, unknown> {
  const defaults: Record<string, unknown> = v.parse(kind.schema, { kind: kind.kind });
  return Object.fromEntries(Object.entries(options).filter(([name, value]) => value !== defaults[name]));
}
