import type * as v from 'valibot';
import { attention } from './attention';
import { bottleneck } from './bottleneck';
import { filterNorm } from './filterNorm';
import { gaussian } from './gaussian';
import type { GeneratorKind } from './generator';
import { linear } from './linear';
import { outlook } from './outlook';
import { pairwise } from './pairwise';
import { staticKernel } from './static';

const kinds = [bottleneck, linear, staticKernel, attention, outlook, filterNorm, gaussian, pairwise] as const;

/** Every kind by its name: a new kind is its file and its place in this list. */
export const generatorKinds = Object.fromEntries(kinds.map((each) => [each.kind, each])) as unknown as Record<
  GeneratorName,
  GeneratorKind
>;

export type GeneratorName = (typeof kinds)[number]['kind'];
export const generatorNames = kinds.map(({ kind }) => kind) as [GeneratorName, ...GeneratorName[]];

/** `{ kind, …options }` as a person writes it: what has a default may be left out. */
export type GeneratorInput = v.InferInput<(typeof kinds)[number]['schema']>;
/** The same with every option. */
export type GeneratorSpec = v.InferOutput<(typeof kinds)[number]['schema']>;
