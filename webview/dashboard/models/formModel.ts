import * as v from 'valibot';
import type { Images } from '../../../src/core/data/images';
import { type FieldProblem, fieldProblem } from '../../../src/core/fieldProblem';
import type { ModelRequestInput } from '../../../src/core/network/model';
import { type Parameter, parametersOf, valueOfText } from '../../../src/core/network/parameters';
import { presetOf, presets } from '../../../src/core/network/presets/presets';
import {
  type NetworkRequest,
  type PresetRequest,
  requestOf,
  shortRequest,
} from '../../../src/core/network/request';
import { exampleModels } from '../../../src/core/runs/spec';
import { type ModelFacts, modelFacts } from './modelFacts';

/** A card of the form: a preset with its parameters as they are typed, or a network that came from elsewhere. */
export interface FormModel {
  /** Tells the cards of a form apart. */
  readonly key: string;
  readonly isChosen: boolean;
  /** Its parameters are on show. */
  readonly isOpen: boolean;
  /** It stands on the form from the beginning, not under "More models". */
  readonly isListed: boolean;
  readonly source: { readonly preset: string } | NetworkRequest;
  /** Parameters by their names; an empty one is left to the preset. */
  readonly text: Readonly<Record<string, string>>;
}

/** What a card asks for, and what is known of it. */
export interface ModelAnswer {
  /** Null while there are problems. */
  readonly request: ModelRequestInput | null;
  /** Null while the parameters are not as they may be. */
  readonly facts: ModelFacts | null;
  /** By parameter; those of the whole network under ''. */
  readonly problems: Readonly<Record<string, FieldProblem>>;
}

/** The models of a spec, chosen; then every preset that is not among them. */
export function formModels(requests: readonly ModelRequestInput[]): FormModel[] {
  const chosen = requests
    .flatMap((request) => requestOf(request) ?? [])
    .map((request, i) => ({ ...cardOf(request, `asked-${i}`), isChosen: true, isListed: true }));
  const known = new Set(chosen.map(presetIdOf));
  const rest = Object.keys(presets).filter((preset) => !known.has(preset));
  return [...chosen, ...rest.map((preset) => cardOf({ preset, parameters: {} }, preset))];
}

function cardOf(request: PresetRequest | NetworkRequest, key: string): FormModel {
  const common = { key, isChosen: false, isOpen: false };
  if (!('preset' in request)) return { ...common, isListed: true, source: request, text: {} };
  const { preset, parameters } = request;
  const text = parametersOf(presetOf(preset)).map(({ name, default: usual }) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : usual;
    return [name, value == null ? '' : String(value)];
  });
  return {
    ...common,
    isListed: exampleModels.includes(preset),
    source: { preset },
    text: Object.fromEntries(text),
  };
}

const presetIdOf = ({ source }: FormModel): string | null => ('preset' in source ? source.preset : null);

/** The schema of a card's parameters; none for a network that came from elsewhere. */
export function cardParameters({ source }: FormModel): Parameter[] {
  return 'preset' in source ? parametersOf(presetOf(source.preset)) : [];
}

/** Another card of the same preset behind this one, to be given other parameters. */
export function withVariant(models: readonly FormModel[], of: FormModel): FormModel[] {
  const isFree = (key: string) => models.every((model) => model.key !== key);
  const number = models.findIndex((_, n) => isFree(`${of.key}+${n + 1}`)) + 1 || models.length + 1;
  const variant = { ...of, key: `${of.key}+${number}`, isChosen: true, isOpen: true };
  return models.flatMap((model) => (model === of ? [model, variant] : [model]));
}

/** Of each preset one card always stays. */
export function isRemovable(models: readonly FormModel[], model: FormModel): boolean {
  const preset = presetIdOf(model);
  return preset === null || models.some((other) => other !== model && presetIdOf(other) === preset);
}

/** Asks only for what differs from the preset, each value checked, and the network tried on the data. */
export function modelAnswer(model: FormModel, images: Images | null): ModelAnswer {
  const { request, problems } = requested(model);
  if (request === null) return { request, facts: null, problems };
  const facts = modelFacts(request, images);
  if (facts.problem === null) return { request, facts, problems };
  return { request: null, facts, problems: { '': { kind: 'other', words: facts.problem } } };
}

function requested(model: FormModel): Omit<ModelAnswer, 'facts'> {
  const { source, text } = model;
  if (!('preset' in source)) return { request: source, problems: {} };
  const parameters: Record<string, unknown> = {};
  const problems: Record<string, FieldProblem> = {};
  for (const parameter of cardParameters(model)) {
    const typed = text[parameter.name]?.trim() ?? '';
    if (typed === '') continue;
    const value = valueOfText(parameter, typed);
    if (value === undefined) problems[parameter.name] = { kind: 'number' };
    else if (value !== parameter.default) parameters[parameter.name] = value;
  }
  for (const issue of v.safeParse(presetOf(source.preset).parameters, parameters).issues ?? [])
    problems[v.getDotPath(issue) ?? ''] ??= fieldProblem(issue);
  const isRight = Object.keys(problems).length === 0;
  return { request: isRight ? shortRequest({ preset: source.preset, parameters }) : null, problems };
}
