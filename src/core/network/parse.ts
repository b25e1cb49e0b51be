import * as v from 'valibot';
import { similarName } from '../involution/argumentErrors';
import { layerKinds } from './layerKinds';
import { NetworkSpec } from './network';
import { NetworkError, type NetworkProblem } from './networkError';
import { entriesAt } from './schemaEntries';

type Issue = v.BaseIssue<unknown>;

/**
 * A network out of a value that may be anything, its defaults filled in.
 * @throws NetworkError that names everything that is wrong with it
 */
export function parseNetwork(value: unknown): NetworkSpec {
  const parsed = v.safeParse(NetworkSpec, value);
  if (parsed.success) return parsed.output;
  const name = (value as { name?: unknown } | null)?.name;
  throw new NetworkError(typeof name === 'string' ? name : '', parsed.issues.flatMap(problemsOf));
}

/** The layer that an issue is about, by its path, and what is wrong with it. */
function problemsOf(issue: Issue): NetworkProblem[] {
  let [path, field] = ['', ''];
  let layer: { kind?: string } = {};
  for (const { key, value } of issue.path ?? []) {
    if (typeof key === 'number') {
      [path, field] = [join(path, `${field}[${key}]`), ''];
      const kind = (value as { kind?: unknown } | null)?.kind;
      layer = typeof kind === 'string' && Object.hasOwn(layerKinds, kind) ? { kind } : {};
    } else field = join(field, String(key));
  }
  return complaints(issue, field).map((message) => ({ path, ...layer, message }));
}

function complaints(issue: Issue, field: string): string[] {
  const { type, expected, received, input, message } = issue;
  if (type === 'strict_object' && expected === 'never') return unknownFields(issue, field);
  if (type === 'strict_object' && received === 'undefined') return [`${field} is missing`];
  if (type === 'variant' && issue.path?.at(-1)?.key === 'kind')
    return [`there is no ${field} ${text(input)}${suggestion(String(input), kindsIn(expected))}`];
  return [`${field === '' ? 'it' : field} must be ${message}, but is ${text(input)}`];
}

/** All that the object has and does not know; valibot names the first of them. */
function unknownFields({ path }: Issue, field: string): string[] {
  const { input, key } = path!.at(-1)!;
  const known = entriesAt(NetworkSpec, path!.slice(0, -1), input);
  const place = field.slice(0, field.length - String(key).length);
  return Object.keys(input as object)
    .filter((name) => !known.includes(name))
    .map((name) => `there is no field ${text(place + name)}${suggestion(name, known)}`);
}

/** '("involution" | "convolution")', as valibot says what it expected. */
const kindsIn = (expected: string | null): string[] =>
  [...(expected ?? '').matchAll(/"([^"]*)"/g)].map(([, kind]) => kind!);

function suggestion(received: string, names: readonly string[]): string {
  const similar = similarName(received, names);
  return similar === undefined ? `; there are ${names.join(', ')}` : ` (did you mean ${text(similar)}?)`;
}

/** A value in a message: whole, unless it is long. */
function text(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length <= 60 ? json : `${json.slice(0, 57)}…`;
}

const join = (a: string, b: string) => (a === '' ? b : `${a}.${b}`);
