import * as v from 'valibot';
import type { Images } from '../../src/core/data/images';
import { type FieldProblem, fieldProblem } from '../../src/core/fieldProblem';
import {
  type DataSpec,
  exampleModels,
  RunSpec,
  type RunSpecInput,
  type ScheduleSpec,
} from '../../src/core/runs/spec';
import { type FormModel, formModels, type ModelAnswer, modelAnswer } from './models/formModel';

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
  /** All that can be chosen, in the order in which they are trained. */
  readonly models: readonly FormModel[];
}

export type Field = TextField | 'models';
export type Problems = Partial<Record<Field, FieldProblem>>;

const asText = new Set<TextField>(['name', 'data.path']);

export function formOf(spec: RunSpecInput): Form {
  const {
    data = { kind: 'shapes' },
    schedule = { kind: 'constant' },
    engine = 'auto',
    models = exampleModels,
  } = spec;
  const text = { ...defaults, ...textOf(spec), ...textOf({ data, schedule }) };
  return { text, data: data.kind, schedule: schedule.kind, engine, models: formModels(models) };
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

export interface Answer {
  /** What the form asks for, checked by the run's own schema; null while there are problems. */
  readonly spec: RunSpecInput | null;
  readonly problems: Problems;
  /** What each card asks for, by its key. */
  readonly models: ReadonlyMap<string, ModelAnswer>;
}

/** `images` is null where the data is not known yet: whether networks can be built for it is told later. */
export function specOf(form: Form, images: Images | null): Answer {
  const nested: Record<string, Record<string, unknown>> = {
    data: { kind: form.data },
    schedule: { kind: form.schedule },
  };
  const models = new Map(form.models.map((model) => [model.key, modelAnswer(model, images)]));
  const chosen = form.models.filter(({ isChosen }) => isChosen);
  const requests = chosen.flatMap(({ key }) => models.get(key)!.request ?? []);
  const spec: Record<string, unknown> = { ...nested, engine: form.engine };
  for (const field of textFields) {
    const text = form.text[field].trim();
    if (text === '') continue;
    const value = asText.has(field) ? text : Number(text);
    const [outer, inner] = field.split('.') as [string, string?];
    if (inner) nested[outer]![inner] = value;
    else spec[outer] = value;
  }
  // A model that is not as it may be is told where it stands; the other fields are checked all the same.
  const isWhole = requests.length === chosen.length;
  const result = v.safeParse(RunSpec, { ...spec, ...(isWhole && { models: requests }) });
  const problems: Problems = {};
  for (const issue of result.issues ?? []) {
    const path = issue.path?.map((step) => String(step.key)).join('.') ?? '';
    problems[path as Field] ??= fieldProblem(issue);
  }
  // As they were asked for: the networks are made where the run is.
  return {
    spec: result.success && isWhole ? { ...result.output, models: requests } : null,
    problems,
    models,
  };
}
