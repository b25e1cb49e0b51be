import type * as v from 'valibot';
import type { Preset } from './presets/preset';

export type ParameterValue = string | number | boolean;

/** What a form, a flag, a help text or a table needs to know of a preset's parameter. */
export interface Parameter {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly type: 'integer' | 'number' | 'boolean' | 'choice' | 'text';
  /** Null: what the preset decides where nothing is said. */
  readonly default: ParameterValue | null;
  readonly minimum?: number;
  readonly maximum?: number;
  /** It is a multiple of that. */
  readonly step?: number;
  /** Of a choice: its values, in the order in which they are shown. */
  readonly choices?: readonly ParameterValue[];
}

/** A preset's parameters in the order of its schema, which says all that is known of them. */
export function parametersOf({ parameters }: Pick<Preset, 'parameters'>): Parameter[] {
  const { entries } = parameters as unknown as { readonly entries: Record<string, v.GenericSchema> };
  return Object.entries(entries).map(([name, schema]) => describe(name, [...partsOf(schema)]));
}

/** The value that a text stands for, as it is typed into a terminal or a form; undefined where it stands for none. */
export function valueOfText({ type, choices }: Parameter, text: string): ParameterValue | undefined {
  const plain = text.trim();
  switch (type) {
    case 'choice':
      return choices?.find((choice) => String(choice) === plain);
    case 'boolean':
      return plain === 'true' ? true : plain === 'false' ? false : undefined;
    case 'text':
      return plain;
    case 'integer':
    case 'number': {
      const value = Number(plain);
      return plain !== '' && Number.isFinite(value) ? value : undefined;
    }
  }
}

/** "an integer from 1 to 64", "one of 26, 38, 50". */
export function allowedText({
  type,
  choices,
  step,
  minimum,
  maximum,
}: Pick<Parameter, 'type' | 'choices' | 'step' | 'minimum' | 'maximum'>): string {
  switch (type) {
    case 'choice':
      return `one of ${choices?.join(', ')}`;
    case 'boolean':
      return 'true or false';
    case 'text':
      return 'a text';
    case 'integer':
      return `an integer${rangeText(minimum, maximum)}`;
    case 'number':
      return `${step === undefined ? 'a number' : `a multiple of ${step}`}${rangeText(minimum, maximum)}`;
  }
}

function rangeText(minimum?: number, maximum?: number): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}

/** A schema of valibot, or a check or a note in its pipe, as far as it is looked at here. */
interface Part {
  readonly kind: string;
  readonly type: string;
  readonly wrapped?: Part;
  readonly pipe?: readonly Part[];
  readonly default?: unknown;
  readonly options?: readonly ParameterValue[];
  readonly requirement?: unknown;
}

/** The schema with all that it is made of, from the outside to the inside. */
function* partsOf(schema: unknown): Generator<Part> {
  const part = schema as Part;
  const [, ...actions] = part.pipe ?? [];
  yield part;
  for (const action of actions) yield* partsOf(action);
  if (part.wrapped) yield* partsOf(part.wrapped);
}

const integerChecks = ['integer', 'safe_integer'];

function describe(name: string, parts: readonly Part[]): Parameter {
  const base = parts.find(({ kind, wrapped }) => kind === 'schema' && !wrapped)!;
  const note = (type: string) => {
    const noted = parts.find((part) => part.type === type) as
      | { readonly [field: string]: unknown }
      | undefined;
    return noted?.[type] as string | undefined;
  };
  const bound = (type: string) => parts.find((part) => part.type === type)?.requirement as number | undefined;
  const [minimum, maximum, step] = [bound('min_value'), bound('max_value'), bound('multiple_of')];
  return {
    name,
    title: note('title') ?? name,
    description: note('description') ?? '',
    type: typeOf(name, base, parts),
    default: (parts.find((part) => part.default !== undefined)?.default as ParameterValue) ?? null,
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(step !== undefined && { step }),
    ...(base.type === 'picklist' && { choices: base.options }),
  };
}

function typeOf(name: string, base: Part, parts: readonly Part[]): Parameter['type'] {
  switch (base.type) {
    case 'picklist':
      return 'choice';
    case 'boolean':
      return 'boolean';
    case 'string':
      return 'text';
    case 'number':
      return parts.some(({ type }) => integerChecks.includes(type)) ? 'integer' : 'number';
    default:
      throw new Error(
        `The parameter ${name} has the schema "${base.type}": no form or flag can be made of that.`,
      );
  }
}
