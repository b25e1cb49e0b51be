import * as vscode from 'vscode';
import type { Images } from '../../core/data/images';
import { footprint } from '../../core/network/footprint';
import { expandModels, type ModelRequestInput, modelsLimit } from '../../core/network/model';
import { presetNetwork, presets } from '../../core/network/presets/presets';
import { shortRequests } from '../../core/network/request';
import { exampleModels } from '../../core/runs/spec';
import { type Choice, pickSeveral } from '../dialogs';
import { count } from '../format';
import { Problem } from '../problem';
import { modelsTitle, modelTitle } from '../words';
import { chooseParameters } from './chooseParameters';

type ModelChoice = Choice & { readonly models: readonly ModelRequestInput[] };

interface ModelsQuestion {
  readonly title: string;
  /** What was trained last. */
  readonly previous: readonly ModelRequestInput[] | undefined;
  /** A network that is not offered otherwise: it is picked, and what was trained last is not. */
  readonly given: ModelRequestInput | null;
  /** What was trained together before, newest first. */
  readonly combinations: readonly (readonly ModelRequestInput[])[];
  /** What the models will be trained on, where that is known. */
  readonly images: Images | null;
}

/**
 * One question: presets and combinations of before, as many as one likes; then the parameters of each, for who wants to
 * give some. Throws a CancellationError when a question is dismissed.
 */
export async function chooseModels(question: ModelsQuestion): Promise<ModelRequestInput[]> {
  const { title, previous = exampleModels } = question;
  const withParameters: ModelChoice = {
    models: [],
    icon: 'settings',
    label: vscode.l10n.t('With parameters…'),
    description: vscode.l10n.t('asks for those of each chosen model'),
  };
  const choices = [...choicesOf(question, previous), withParameters];
  const placeHolder = vscode.l10n.t('Which networks to train, side by side, one epoch each in turn');
  const picked = await pickSeveral(choices, { title, placeHolder, ignoreFocusOut: true });
  const models = distinct(picked.flatMap((choice) => choice.models));
  if (models.length === 0) throw new Problem(vscode.l10n.t('No model was chosen.'));
  if (models.length > modelsLimit)
    throw new Problem(
      vscode.l10n.t('{0} models were chosen; a run takes {1} at most.', models.length, modelsLimit),
    );
  if (!picked.includes(withParameters)) return models;
  const chosen: ModelRequestInput[] = [];
  for (const model of models) chosen.push(await chooseParameters(title, model));
  return chosen;
}

/** What was trained last is picked already: Enter trains the same again. */
function choicesOf(
  { given, combinations, images }: ModelsQuestion,
  previous: readonly ModelRequestInput[],
): ModelChoice[] {
  const last = distinct(previous);
  // One preset as it comes is on the list anyway.
  const together = [last, ...combinations.map(distinct)].filter((models) => !models.every(isPlain));
  const remembered = [...new Map(together.map((models) => [JSON.stringify(models), models])).values()];
  return [
    ...(given ? [givenChoice(given)] : []),
    ...remembered.map((models) => ({
      models,
      icon: 'history',
      label: modelsTitle(expandModels(models as never)),
      description: vscode.l10n.t('as before'),
      picked: !given && JSON.stringify(models) === JSON.stringify(last),
    })),
    ...Object.values(presets).map((preset) => ({
      models: [preset.id],
      label: modelTitle(preset),
      description: vscode.l10n.t(preset.description),
      detail: images ? costs(preset.id, images) : undefined,
      picked: !given && last.every(isPlain) && last.includes(preset.id),
    })),
  ];
}

const givenChoice = (model: ModelRequestInput): ModelChoice => ({
  models: [model],
  icon: 'file-code',
  label: modelsTitle(expandModels([model] as never)),
  description: vscode.l10n.t('the network of the file'),
  picked: true,
});

const isPlain = (model: ModelRequestInput): boolean => typeof model === 'string';

/** Each once. */
function distinct(models: readonly ModelRequestInput[]): ModelRequestInput[] {
  return [...new Map(shortRequests(models).map((model) => [JSON.stringify(model), model])).values()];
}

/** "13,074 parameters, 87,680 multiply–accumulates per image". */
function costs(preset: string, { shape, classes }: Images): string {
  const { parameters, macs } = footprint(presetNetwork(preset), shape, classes);
  return vscode.l10n.t(
    '{0} parameters, {1} multiply–accumulates per image',
    ...[count(parameters), count(macs)],
  );
}
