import * as v from 'valibot';
import { type Field, fieldsOf } from '../../src/core/fields';
import type { ModelId } from '../../src/core/network/model';
import { RunSpec, type RunSpecInput } from '../../src/core/runs/spec';

/** What the form asks for, beside the models: whatever the run's own schema has. */
export const fields: readonly Field[] = fieldsOf(RunSpec).filter(({ type }) => type !== 'group');

/** The form as it stands on screen. Choices keep the values of fields that they hide. */
export interface Form {
  /** By the fields' ids: a boolean of what is on or off, else text. Of an empty text its default is meant. */
  readonly values: Readonly<Record<string, string | boolean>>;
  readonly models: readonly ModelId[];
}

/** What is wrong with a field, for the display language to say. */
export type Problem =
  | { readonly kind: 'number' | 'integer' | 'required' }
  | { readonly kind: 'min' | 'max' | 'above' | 'below'; readonly limit: number }
  | { readonly kind: 'other'; readonly text: string };
/** By the fields' ids, or "models". */
export type Problems = Readonly<Record<string, Problem | undefined>>;

/** Whether the choices ask for it. */
export const isAsked = ({ of }: Field, { values }: Form): boolean =>
  of === undefined || values[of.variant] === of.kind;

export function formOf(spec: RunSpecInput): Form {
  const values: Record<string, string | boolean> = {};
  // A variant comes before its kinds' fields.
  for (const field of fields) {
    const given = isAsked(field, { values, models: [] }) ? valueAt(spec, field) : undefined;
    values[field.id] = shown(field, given ?? field.default);
  }
  return { values, models: spec.models ?? [...modelNames] };
}

/** Of a variant, its kind. */
function valueAt(spec: RunSpecInput, { path }: Field): unknown {
  const keys = path.split('.');
  const value = keys.reduce<unknown>(
    (part, key) => (part as Record<string, unknown> | undefined)?.[key],
    spec,
  );
  return typeof value === 'object' ? (value as { kind: string } | null)?.kind : value;
}

const shown = ({ type }: Field, value: unknown): string | boolean =>
  type === 'boolean' ? value === true : value == null ? '' : String(value);

/** What the form asks for, checked by the run's own schema; null while there are problems. */
export function specOf(form: Form): { spec: RunSpec | null; problems: Problems } {
  const asked = fields.filter((field) => isAsked(field, form));
  const variants = new Set(fields.flatMap(({ of }) => of?.variant ?? []));
  const spec: Record<string, unknown> = { models: [...form.models] };
  for (const { id, path, type } of asked) {
    const value = form.values[id]!;
    const text = typeof value === 'string' ? value.trim() : value;
    if (text === '') continue;
    const read = type === 'integer' || type === 'number' ? Number(text) : text;
    const [outer, inner] = path.split('.') as [string, string?];
    if (inner) spec[outer] = { ...(spec[outer] as object), [inner]: read };
    else spec[outer] = variants.has(path) ? { kind: read } : read;
  }
  const result = v.safeParse(RunSpec, spec);
  const problems: Record<string, Problem> = {};
  for (const issue of result.issues ?? []) {
    const path = issue.path?.map((step) => String(step.key)).join('.') ?? '';
    problems[asked.find((field) => field.path === path)?.id ?? path] ??= problemOf(issue);
  }
  return { spec: result.success ? result.output : null, problems };
}

function problemOf(issue: v.InferIssue<typeof RunSpec>): Problem {
  switch (issue.type) {
    case 'number':
      return { kind: 'number' };
    case 'integer':
    case 'safe_integer':
      return { kind: 'integer' };
    case 'object':
    case 'string':
    case 'non_empty':
    case 'min_length':
      return { kind: 'required' };
    case 'min_value':
      return { kind: 'min', limit: issue.requirement };
    case 'max_value':
      return { kind: 'max', limit: issue.requirement };
    case 'gt_value':
      return { kind: 'above', limit: issue.requirement };
    case 'lt_value':
      return { kind: 'below', limit: issue.requirement };
    default:
      return { kind: 'other', text: issue.message };
  }
}
