import { type Command, Option } from 'commander';
import { type DataKindName, dataKinds } from '../core/data/dataKinds';
import { type Field, fieldsOf } from '../core/fields';
import { RunSpec } from '../core/runs/spec';
import { UsageError } from '../core/usageError';
import { decimal, integer } from './options';

/** What the command takes of a run's spec, from the spec's own schema. */
const fields = fieldsOf(RunSpec).filter(({ flags }) => flags !== undefined);
/** What was said, by the names that commander gives options. */
export type Said = Readonly<Record<string, unknown>>;
type Variant = 'data' | 'optimizer';

/** How a field is written in one word, where that word is more than a number or a name. */
export interface Syntax {
  /** For the help: "flip, crop[:PADDING]". */
  readonly words: string;
  readonly parse: (text: string) => unknown;
}

/** An option for every field of a run's spec, of the kinds of its variants as well. */
export function addSpecOptions(command: Command, syntax: Readonly<Record<string, Syntax>>): Command {
  return addOptions(command, fields, syntax);
}

/** Options for what can be said of a data set, say, whichever it is. */
export function addVariantOptions(command: Command, variant: Variant): Command {
  return addOptions(
    command,
    fields.filter(({ of }) => of?.variant === variant),
    {},
  );
}

function addOptions(
  command: Command,
  all: readonly Field[],
  syntax: Readonly<Record<string, Syntax>>,
): Command {
  for (const [i, field] of all.entries()) {
    const same = all.filter(({ flags }) => flags === field.flags);
    if (all.indexOf(same[0]!) === i) command.addOption(optionOf(same, syntax[field.id]));
  }
  return command;
}

/** What was said of a run, as its spec has it. @throws UsageError for an option that would say nothing */
export function specOfOptions(said: Said): Record<string, unknown> {
  const spec: Record<string, unknown> = {};
  for (const { path, of, ...field } of fields) {
    const value = of ? undefined : said[nameOf(field)];
    if (value !== undefined) spec[path] = value;
  }
  for (const variant of ['data', 'optimizer'] as const) {
    const fallback = { kind: fields.find(({ id }) => id === variant)!.default as string };
    const chosen = (spec[variant] ?? fallback) as { kind: string };
    spec[variant] = specOfVariant(variant, chosen, said);
  }
  return spec;
}

/** A data set, say, with what was said of it. @throws UsageError for an option that would say nothing about it */
export function specOfVariant<Spec extends { readonly kind: string }>(
  variant: Variant,
  chosen: Spec,
  said: Said,
): Spec {
  const spec: Record<string, unknown> = { ...chosen };
  for (const field of fields) {
    const value = field.of?.variant === variant ? said[nameOf(field)] : undefined;
    if (value === undefined) continue;
    const kinds = fields.flatMap(({ flags, of }) => (flags === field.flags && of ? [of.kind] : []));
    assertMeantFor(field.flags!, variant, kinds, chosen.kind);
    spec[field.path.slice(variant.length + 1)] = value;
  }
  return spec as Spec;
}

/** @throws UsageError that names the option and what it is for */
export function assertMeantFor(
  flags: string,
  variant: Variant,
  kinds: readonly string[],
  kind: string,
): void {
  if (kinds.includes(kind)) return;
  const { choices } = fields.find(({ id }) => id === variant)!;
  const phrase = (each: string) =>
    variant === 'data'
      ? dataKinds[each as DataKindName].phrase
      : choices.find(({ value }) => value === each)!.title;
  throw new UsageError(
    `${flags.split(' ')[0]} is for ${kinds.map(phrase).join(' or ')}; the ${variant} here is ${phrase(kind)}. Leave it out.`,
  );
}

/** One for fields that are called the same: of several kinds of a variant. */
function optionOf(same: readonly Field[], syntax: Syntax | undefined): Option {
  const [field] = same as [Field];
  const isVariant = fields.some(({ of }) => of?.variant === field.id);
  const option = new Option(field.flags!, helpOf(same, syntax));
  if (syntax) return option.argParser(syntax.parse);
  switch (field.type) {
    case 'integer':
      return option.argParser(integer);
    case 'number':
      return option.argParser(decimal);
    case 'choice':
      option.choices(field.choices.map(({ value }) => value));
      if (isVariant) option.argParser(kindParser(option));
      return option;
    default:
      return option;
  }
}

/** A variant's kind by its name; commander's own check of choices stays before it. */
function kindParser({ parseArg }: Option): (text: string) => { kind: string } {
  return (text) => ({ kind: parseArg!(text, undefined as never) as unknown as string });
}

/** "Images per step." as a line of the help: "images per step (default: 256)". */
function helpOf(same: readonly Field[], syntax: Syntax | undefined): string {
  const { description } = same[0]!;
  const words = description.replace(/^[A-Z](?=[a-z ])/, (first) => first.toLowerCase()).replace(/\.$/, '');
  const defaults = same.flatMap(({ of, ...field }) =>
    typeof field.default === 'number' || typeof field.default === 'string'
      ? [same.length > 1 ? `${of!.kind} ${field.default}` : String(field.default)]
      : [],
  );
  const fallback = defaults.length > 0 ? ` (default: ${defaults.join(', ')})` : '';
  return `${words}${syntax ? `: ${syntax.words}` : ''}${fallback}`;
}

const nameOf = ({ flags }: Pick<Field, 'flags'>) => new Option(flags!).attributeName();
