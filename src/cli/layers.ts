import { Command } from 'commander';
import { allowedText, type Parameter } from '../core/network/parameters';
import { jsonOption } from './options';

export function layersCommand(): Command {
  return new Command('layers')
    .description(
      'the kinds of layers that a network in a file can have, and their fields; --json: as a JSON schema',
    )
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      const { networkJsonSchema } = await import('../core/network/jsonSchema');
      const schema = networkJsonSchema() as Described;
      console.log(json ? JSON.stringify(schema) : reference(schema));
    });
}

/** The part of a JSON schema that is told. */
interface Described {
  readonly title?: string;
  readonly description?: string;
  readonly type?: 'integer' | 'number' | 'boolean' | 'string' | 'array' | 'null';
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Described>>;
  /** Several kinds, each with a field "kind". */
  readonly oneOf?: readonly Described[];
  readonly anyOf?: readonly Described[];
  readonly $defs?: Readonly<Record<string, Described>>;
}

/** Every kind of layer; then every kind of what layers have several kinds of, such as generators. */
function reference({ $defs = {} }: Described): string {
  const layers = Object.values($defs).flatMap(({ oneOf = [] }) => oneOf);
  const parts = layers
    .flatMap(({ properties = {} }) => Object.entries(properties))
    .filter(([, { oneOf }]) => oneOf !== undefined);
  return [
    ...layers.map(kindHelp),
    ...parts.map(([name, { oneOf }]) => `Kinds of "${name}":\n\n${oneOf!.map(kindHelp).join('\n\n')}`),
  ].join('\n\n');
}

function kindHelp({ description, required = [], properties = {} }: Described): string {
  const { kind, ...fields } = properties;
  const lines = Object.entries(fields).map(([name, field]) => {
    const fallback = required.includes(name) ? 'required' : defaultText(field);
    return `  ${name.padEnd(16)} ${wordsOf(field)} ${capitalized(allowed(field))}${fallback && ` (${fallback})`}.`;
  });
  return [`${kind!.const}: ${description}`, ...lines].join('\n');
}

/** Of a field that may be null, the words are with what else it may be. */
const wordsOf = ({ description, anyOf = [] }: Described): string =>
  description ?? anyOf.find((each) => each.description)?.description ?? '';

/** Where it says more than the description. */
const defaultText = ({ default: value }: Described): string =>
  value === undefined || value === null ? '' : `default: ${Array.isArray(value) ? 'none' : kindOf(value)}`;

const kindOf = (value: unknown) => (value as { kind?: string }).kind ?? String(value);

function allowed(field: Described): string {
  const { const: only, enum: choices, anyOf, oneOf, type } = field;
  if (only !== undefined) return `"${only}"`;
  if (anyOf) return anyOf.map(allowed).join(' or ');
  if (oneOf)
    return `an object of a kind: ${oneOf.map(({ properties }) => properties!.kind!.const).join(', ')}`;
  if (type === 'array') return 'a list of layers';
  if (type === 'null') return 'null';
  const kind: Parameter['type'] = choices ? 'choice' : type === 'string' ? 'text' : type!;
  return allowedText({ ...field, type: kind, ...(choices && { choices }) });
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
