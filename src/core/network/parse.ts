import * as v from 'valibot';
import { similarName } from '../involution/argumentErrors';
import { phraseOf } from '../words';
import { valueFaults } from './faults';
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
  throw new NetworkError(nameIn(value), parsed.issues.flatMap(problemsOf));
}

/**
 * As much of a value as can be read as a network, for who shows one while it is being written: fields that are wrong are
 * left to their defaults, and layers are left out from the first one on that can't be. Null where there is none.
 */
export function readablePart(value: unknown): NetworkSpec | null {
  const part = { name: nameIn(value) || 'network', layers: layersIn(value) };
  // Each turn takes something away.
  for (;;) {
    const parsed = v.safeParse(NetworkSpec, part);
    if (parsed.success) return parsed.output;
    const unreadable = parsed.issues.filter((issue) => !leaveToDefault(issue));
    if (unreadable.length === 0) continue;
    const ends = unreadable.map(({ path }) => path?.[1]?.key);
    const length = Math.min(...ends.map((end) => (typeof end === 'number' ? end : 0)));
    if (length >= part.layers.length) return null;
    part.layers.length = length;
  }
}

/** A copy, which may be changed. */
function layersIn(value: unknown): unknown[] {
  const { layers } = (value ?? {}) as { layers?: unknown };
  return Array.isArray(layers) ? JSON.parse(JSON.stringify(layers)) : [];
}

function nameIn(value: unknown): string {
  const { name } = (value ?? {}) as { name?: unknown };
  return typeof name === 'string' ? name : '';
}

/** Takes away what an issue is about, if that is a field that has a value. */
function leaveToDefault({ type, expected, path }: Issue): boolean {
  if (path === undefined || path.length === 1) return false;
  const { input, key } = path.at(-1)!;
  if (typeof key !== 'string' || key === 'kind' || !Object.hasOwn(input as object, key)) return false;
  const fields = input as Record<string, unknown>;
  if (type === 'strict_object' && expected === 'never')
    for (const name of unknownIn(fields, fieldsAt(path))) delete fields[name];
  else delete fields[key];
  return true;
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
  return complaints(issue, field).map((complaint) => ({ path, ...layer, ...complaint }));
}

type Complaint = Pick<NetworkProblem, 'words' | 'place'>;

function complaints(issue: Issue, field: string): Complaint[] {
  const { type, expected, received, input, message } = issue;
  if (type === 'strict_object' && expected === 'never') return unknownFields(issue, field);
  if (type === 'strict_object' && received === 'undefined' && field !== '')
    return [{ words: [valueFaults.missing, field], place: { field } }];
  if (type === 'variant' && issue.path?.at(-1)?.key === 'kind')
    return [unknownKind(input, kindsIn(expected), field)];
  return [
    {
      words: [valueFaults.allowed, field === '' ? [valueFaults.it] : field, phraseOf(message), text(input)],
      ...(field !== '' && { place: { field } }),
    },
  ];
}

function unknownKind(input: unknown, kinds: readonly string[], field: string): Complaint {
  const list = kinds.join(', ');
  if (input === undefined) return { words: [valueFaults.missingKind, field, list], place: { field } };
  const similar = similarName(String(input), kinds);
  if (similar === undefined)
    return { words: [valueFaults.unknownKind, field, text(input), list], place: { field } };
  return {
    words: [valueFaults.meantKind, field, text(input), text(similar)],
    place: { field, instead: { values: [similar] } },
  };
}

/** All that the object has and does not know; valibot names the first of them. */
function unknownFields({ path }: Issue, first: string): Complaint[] {
  const { input, key } = path!.at(-1)!;
  const known = fieldsAt(path!);
  const parent = first.slice(0, first.length - String(key).length);
  return unknownIn(input, known).map((name): Complaint => {
    const [field, similar] = [parent + name, similarName(name, known)];
    if (similar === undefined)
      return {
        words: [valueFaults.unknownField, text(field), known.join(', ')],
        place: { field, instead: { names: [] } },
      };
    return {
      words: [valueFaults.meantField, text(field), text(similar)],
      place: { field, instead: { names: [similar] } },
    };
  });
}

/** The fields of the object whose field is at the end of the path. */
const fieldsAt = (path: readonly v.IssuePathItem[]): string[] =>
  entriesAt(NetworkSpec, path.slice(0, -1), path.at(-1)!.input);

const unknownIn = (value: unknown, known: readonly string[]): string[] =>
  Object.keys(value as object).filter((name) => !known.includes(name));

/** '("involution" | "convolution")', as valibot says what it expected. */
const kindsIn = (expected: string | null): string[] =>
  [...(expected ?? '').matchAll(/"([^"]*)"/g)].map(([, kind]) => kind!);

/** A value in a message: whole, unless it is long. */
function text(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length <= 60 ? json : `${json.slice(0, 57)}…`;
}

const join = (a: string, b: string) => (a === '' ? b : `${a}.${b}`);
