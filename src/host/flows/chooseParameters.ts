import * as v from 'valibot';
import * as vscode from 'vscode';
import { fieldProblem } from '../../core/fieldProblem';
import { expandModels, type ModelRequestInput } from '../../core/network/model';
import {
  type Parameter,
  type ParameterValue,
  parametersOf,
  valueOfText,
} from '../../core/network/parameters';
import { presetOf } from '../../core/network/presets/presets';
import { type PresetRequest, requestOf, shortRequest } from '../../core/network/request';
import { askText, type Choice, pickOne } from '../dialogs';
import { modelsTitle, problemText } from '../words';

type Values = Readonly<Record<string, unknown>>;

/**
 * The parameters of a model as a list with their values: who picks one is asked for another value, until the list is
 * accepted. A network of no preset has none. Throws a CancellationError when a question is dismissed.
 */
export async function chooseParameters(title: string, model: ModelRequestInput): Promise<ModelRequestInput> {
  let request = requestOf(model);
  if (!request || !('preset' in request)) return model;
  const parameters = parametersOf(presetOf(request.preset));
  if (parameters.length === 0) return model;
  for (;;) {
    const chosen: ListItem = await pickOne(listOf(request, parameters), { title, ignoreFocusOut: true });
    if (!chosen.parameter) return shortRequest(request);
    const { name } = chosen.parameter;
    const { [name]: _, ...others } = request.parameters;
    const value = await askValue(title, chosen.parameter, request);
    // Only what differs from the preset is asked for, and named in the title.
    request = {
      ...request,
      parameters: value === chosen.parameter.default ? others : { ...others, [name]: value },
    };
  }
}

type ListItem = Choice & { readonly parameter: Parameter | null };

function listOf(request: PresetRequest, parameters: readonly Parameter[]): ListItem[] {
  return [
    {
      parameter: null,
      icon: 'check',
      label: modelsTitle(expandModels([shortRequest(request)] as never)),
      description: vscode.l10n.t('with these parameters'),
    },
    ...parameters.map((parameter) => ({
      parameter,
      label: vscode.l10n.t(parameter.title),
      description: textOf(valueIn(request.parameters, parameter)),
      detail: vscode.l10n.t(parameter.description),
    })),
  ];
}

const valueIn = (values: Values, { name, default: usual }: Parameter) =>
  Object.hasOwn(values, name) ? values[name] : usual;

const textOf = (value: unknown) => (value == null ? vscode.l10n.t('automatic') : String(value));

async function askValue(
  title: string,
  parameter: Parameter,
  { preset, parameters }: PresetRequest,
): Promise<ParameterValue | null> {
  const { name, type, default: usual, choices = [true, false] } = parameter;
  const current = valueIn(parameters, parameter);
  const question = { title: `${title}: ${vscode.l10n.t(parameter.title)}`, ignoreFocusOut: true };
  const prompt = vscode.l10n.t(parameter.description);
  if (type === 'choice' || type === 'boolean') {
    const values = usual === null ? [null, ...choices] : choices;
    const items = values.map((value) => ({
      value,
      label: textOf(value),
      icon: value === current ? 'check' : undefined,
    }));
    return (await pickOne(items, { ...question, placeHolder: prompt })).value;
  }
  const problemOf = (text: string): string | undefined => {
    if (text.trim() === '') return undefined;
    const value = valueOfText(parameter, text);
    if (value === undefined) return problemText({ kind: 'number' });
    const { issues = [] } = v.safeParse(presetOf(preset).parameters, { ...parameters, [name]: value });
    const issue = issues.find((each) => v.getDotPath(each) === name);
    return issue && problemText(fieldProblem(issue));
  };
  const answer = await askText({
    ...question,
    prompt,
    value: current == null ? '' : String(current),
    problemOf,
  });
  // Left to the preset.
  return answer.trim() === '' ? usual : (valueOfText(parameter, answer) ?? usual);
}
