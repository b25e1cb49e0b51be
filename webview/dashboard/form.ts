import * as v from 'valibot';
import type { Images } from '../../src/core/data/images';
import { type FieldProblem, fieldProblem } from '../../src/core/fieldProblem';
import { type Field, fieldsOf } from '../../src/core/fields';
import { exampleModels, RunSpec, type RunSpecInput } from '../../src/core/runs/spec';
import { type FormModel, formModels, type ModelAnswer, modelAnswer } from './models/formModel';

/** What the form asks for, beside the models: whatever the run's own schema has. */
export const fields: readonly Field[] = fieldsOf(RunSpec).filter(({ type }) => type !== 'group');

/** The form as it stands on screen. Choices keep the values of fields that they hide. */
export interface Form {
  /** By the fields' ids: a boolean of what is on or off, else text. Of an empty text its default is meant. */
  readonly values: Readonly<Record<string, string | boolean>>;
  /** All that can be chosen, in the order in which they are trained. */
  readonly models: readonly FormModel[];
}

/** By the fields' ids, or "models". */
export type Problems = Readonly<Record<string, FieldProblem | undefined>>;

/** Whether the choices ask for it. */
export const isAsked = ({ of }: Field, { values }: Pick<Form, 'values'>): boolean =>
  of === undefined || values[of.variant] === of.kind;

export function formOf(spec: RunSpecInput): Form {
  const values: Record<string, string | boolean> = {};
  // A variant comes before its kinds' fields.
  for (const field of fields) {
    const given = isAsked(field, { values }) ? valueAt(spec, field) : undefined;
    values[field.id] = shown(field, given ?? field.default);
  }
  return { values, models: formModels(spec.models ?? exampleModels) };
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

export interface Answer {
  /** What the form asks for, checked by the run's own schema; null while there are problems. */
  readonly spec: RunSpecInput | null;
  readonly problems: Problems;
  /** What each card asks for, by its key. */
  readonly models: ReadonlyMap<string, ModelAnswer>;
}

/** `images` is null where the data is not known yet: whether networks can be built for it is told later. */
export function specOf(form: Form, images: Images | null): Answer {
  const models = new Map(form.models.map((model) => [model.key, modelAnswer(model, images)]));
  const chosen = form.models.filter(({ isChosen }) => isChosen);
  const requests = chosen.flatMap(({ key }) => models.get(key)!.request ?? []);
  // A model that is not as it may be is told where it stands; the other fields are checked all the same.
  const isWhole = requests.length === chosen.length;
  const asked = fields.filter((field) => isAsked(field, form));
  const result = v.safeParse(RunSpec, { ...read(asked, form), ...(isWhole && { models: requests }) });
  const problems: Record<string, FieldProblem> = {};
  for (const issue of result.issues ?? []) {
    const path = issue.path?.map((step) => String(step.key)).join('.') ?? '';
    problems[asked.find((field) => field.path === path)?.id ?? path] ??= fieldProblem(issue);
  }
  // As they were asked for: the networks are made where the run is.
  return {
    spec: result.success && isWhole ? { ...result.output, models: requests } : null,
    problems,
    models,
  };
}

/** What the fields say, as a spec has it; those that are empty are left out. */
function read(asked: readonly Field[], { values }: Form): Record<string, unknown> {
  const variants = new Set(fields.flatMap(({ of }) => of?.variant ?? []));
  const spec: Record<string, unknown> = {};
  for (const { id, path, type } of asked) {
    const value = values[id]!;
    const text = typeof value === 'string' ? value.trim() : value;
    if (text === '') continue;
    const said = type === 'integer' || type === 'number' ? Number(text) : text;
    const [outer, inner] = path.split('.') as [string, string?];
    if (inner) spec[outer] = { ...(spec[outer] as object), [inner]: said };
    else spec[outer] = variants.has(path) ? { kind: said } : said;
  }
  return spec;
}
