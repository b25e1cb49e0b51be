import * as v from 'valibot';
import type { ModelId } from '../../src/core/network/model';
import {
  type DataSpec,
  modelNames,
  RunSpec,
  type RunSpecInput,
  type ScheduleSpec,
} from '../../src/core/runs/spec';

/** The form's text fields, named by their path in a RunSpec. An empty one is left out of it. */
export const textFields = [
  'name',
  'data.path',
  'data.imageSize',
  'data.validationSplit',
  'data.trainCount',
  'data.validationCount',
  'epochs',
  'batchSize',
  'learningRate',
  'schedule.finalFraction',
  'schedule.every',
  'schedule.factor',
  'clipNorm',
  'earlyStoppingPatience',
  'seed',
] as const;
export type TextField = (typeof textFields)[number];

/** The form as it stands on screen. Choices keep the text of fields that they hide. */
export interface Form {
  readonly text: Readonly<Record<TextField, string>>;
  readonly data: DataSpec['kind'];
  readonly schedule: ScheduleSpec['kind'];
  readonly engine: RunSpec['engine'];
  readonly models: readonly ModelId[];
}

export type Field = TextField | 'models';

/** What is wrong with a field, for the display language to say. */
export type Problem =
  | { readonly kind: 'number' | 'integer' | 'required' }
  | { readonly kind: 'min' | 'max' | 'above' | 'below'; readonly limit: number }
  | { readonly kind: 'other'; readonly text: string };
export type Problems = Partial<Record<Field, Problem>>;

const asText = new Set<TextField>(['name', 'data.path']);

export function formOf(spec: RunSpecInput): Form {
  const {
    data = { kind: 'shapes' },
    schedule = { kind: 'constant' },
    engine = 'auto',
    models = [...modelNames],
  } = spec;
  const text = { ...defaults, ...textOf(spec), ...textOf({ data, schedule }) };
  return { text, data: data.kind, schedule: schedule.kind, engine, models };
}

/** The fields that a part of a spec sets. */
function textOf(spec: RunSpecInput): Partial<Record<TextField, string>> {
  const flat: Record<string, unknown> = {
    ...spec,
    ...under('data', spec.data),
    ...under('schedule', spec.schedule),
  };
  return Object.fromEntries(
    textFields.filter((field) => flat[field] != null).map((field) => [field, String(flat[field])]),
  );
}
const under = (prefix: string, record: object = {}) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [`${prefix}.${key}`, value]));

/** The schema's own defaults, of every kind of data set and schedule; empty where there is none. */
const defaults = {
  ...(Object.fromEntries(textFields.map((field) => [field, ''])) as Form['text']),
  ...textOf(v.parse(RunSpec, { data: { kind: 'folder', path: '/' }, schedule: { kind: 'cosine' } })),
  ...textOf(v.parse(RunSpec, { data: { kind: 'shapes' }, schedule: { kind: 'step' } })),
  'data.path': '',
};

/** What the form asks for, checked by the run's own schema; null while there are problems. */
export function specOf(form: Form): { spec: RunSpec | null; problems: Problems } {
  const nested: Record<string, Record<string, unknown>> = {
    data: { kind: form.data },
    schedule: { kind: form.schedule },
  };
  const spec: Record<string, unknown> = { ...nested, engine: form.engine, models: [...form.models] };
  for (const field of textFields) {
    const text = form.text[field].trim();
    if (text === '') continue;
    const value = asText.has(field) ? text : Number(text);
    const [outer, inner] = field.split('.') as [string, string?];
    if (inner) nested[outer]![inner] = value;
    else spec[outer] = value;
  }
  const result = v.safeParse(RunSpec, spec);
  const problems: Problems = {};
  for (const issue of result.issues ?? []) {
    const path = issue.path?.map((step) => String(step.key)).join('.') ?? '';
    problems[path as Field] ??= problemOf(issue);
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
