import * as v from 'valibot';
import * as vscode from 'vscode';
import { type DataKindName, dataKinds } from '../../core/data/dataKinds';
import type { ModelRequestInput } from '../../core/network/model';
import { RunSpec, type RunSpecInput } from '../../core/runs/spec';
import { askText, type Choice, pickOne } from '../dialogs';
import { dataTitle } from '../words';
import { chooseModels } from './chooseModels';
import { pickImageFolder } from './pickImageFolder';

type Valued<T> = Choice & { readonly value: T };

/**
 * Three short questions: data, models, epochs; `combinations`: models trained together before; `given`: a network that
 * is chosen to begin with. Throws a CancellationError when one is dismissed.
 */
export async function chooseTraining(
  previous: RunSpecInput,
  combinations: readonly (readonly ModelRequestInput[])[] = [],
  given: ModelRequestInput | null = null,
): Promise<RunSpecInput> {
  const title = vscode.l10n.t('Train Involution Model');
  const data = await chooseData(title, previous.data);
  const models = await chooseModels({
    title: vscode.l10n.t('{0} (2/3): the models', title),
    previous: previous.models,
    given,
    combinations,
    images: dataKinds[data?.kind ?? 'shapes'].images,
  });
  const epochs = await chooseEpochs(title, previous.epochs);
  return { ...previous, data, models, epochs };
}

async function chooseData(title: string, previous: RunSpecInput['data']): Promise<RunSpecInput['data']> {
  const kinds = Object.values(dataKinds).map(
    ({ kind, description }): Valued<DataKindName> => ({
      value: kind,
      // Another question follows.
      label: kind === 'folder' ? `${dataTitle(kind)}…` : dataTitle(kind),
      description: vscode.l10n.t(description),
    }),
  );
  const kind = await choose(
    kinds,
    previous?.kind,
    vscode.l10n.t('{0} (1/3): the data', title),
    vscode.l10n.t('What to learn from'),
  );
  if (kind !== 'folder') return previous?.kind === kind ? previous : { kind };
  const folder = await pickImageFolder(vscode.l10n.t('Train on This Folder'));
  if (!folder) throw new vscode.CancellationError();
  return previous?.kind === 'folder' ? { ...previous, path: folder } : { kind: 'folder', path: folder };
}

async function chooseEpochs(title: string, previous: number | undefined): Promise<number> {
  const answer = await askText({
    title: vscode.l10n.t('{0} (3/3): epochs', title),
    prompt: vscode.l10n.t('How often each network sees all training images'),
    value: String(previous ?? v.parse(RunSpec, {}).epochs),
    problemOf: (text) => (isEpochs(text) ? undefined : vscode.l10n.t('A whole number from 1 to 10 000.')),
    ignoreFocusOut: true,
  });
  return Number(answer);
}

function isEpochs(text: string): boolean {
  return /^\d+$/.test(text.trim()) && v.is(RunSpec.entries.epochs, Number(text));
}

async function choose<T>(
  items: Valued<T>[],
  previous: T | undefined,
  title: string,
  placeHolder: string,
): Promise<T> {
  // The previous answer comes first: Enter three times trains the same again.
  const ordered = [...items].sort((a, b) => Number(b.value === previous) - Number(a.value === previous));
  return (await pickOne(ordered, { title, placeHolder, ignoreFocusOut: true })).value;
}
