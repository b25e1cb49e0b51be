import * as vscode from 'vscode';
import { type DataKindName, dataKinds } from '../core/data/dataKinds';
import type { FieldProblem } from '../core/fieldProblem';
import type { ModelCard } from '../core/network/model';
import { presets } from '../core/network/presets/presets';
import { titleParts } from '../core/network/titles';
import { type RunCondition, stateWords } from '../core/runs/lifecycle';
import type { EngineName } from '../core/runs/spec';
import { textIn, type Words } from '../core/words';
import type { RunCard } from '../protocol/lab';
import { accuracy } from './format';

/** The words for things that have a name in code, in the language of VS Code. */

const presetTitles = new Set(Object.values(presets).map(({ title }) => title));

/** A model's title: the word for its preset in the language of VS Code, where there is one. */
export function modelTitle({ title }: Pick<ModelCard, 'title'>): string {
  const [own, changes] = titleParts(title);
  return (presetTitles.has(own) ? vscode.l10n.t(own) : own) + changes;
}

/** More models than this are not told one by one on a line. */
const mostTold = 3;

/** "Involution + Convolution"; of more than three, how many they are. */
export function modelsTitle(models: readonly ModelCard[]): string {
  return models.length > mostTold
    ? vscode.l10n.t('{0} models', models.length)
    : models.map(modelTitle).join(' + ');
}

/** "0.46 / 0.71", the models' best validation accuracies; of more than three, from the least to the best. */
export function bestAccuracies({ models, bestAccuracy }: Pick<RunCard, 'models' | 'bestAccuracy'>): string {
  const all = models.map(({ id }) => bestAccuracy[id] ?? null);
  if (all.length <= mostTold) return all.map((value) => accuracy(value, 2)).join(' / ');
  const known = all.filter((value) => value !== null);
  if (known.length === 0) return accuracy(null, 2);
  return [Math.min(...known), Math.max(...known)].map((value) => accuracy(value, 2)).join(' … ');
}

/** What is wrong with an answer. */
export function problemText(problem: FieldProblem): string {
  switch (problem.kind) {
    case 'number':
      return vscode.l10n.t('Must be a number.');
    case 'integer':
      return vscode.l10n.t('Must be a whole number.');
    case 'required':
      return vscode.l10n.t('Pick at least one.');
    case 'min':
      return vscode.l10n.t('Must be at least {0}.', problem.limit);
    case 'max':
      return vscode.l10n.t('Must be at most {0}.', problem.limit);
    case 'above':
      return vscode.l10n.t('Must be more than {0}.', problem.limit);
    case 'below':
      return vscode.l10n.t('Must be less than {0}.', problem.limit);
    case 'other':
      return sentence(problem.words);
  }
}

/** A sentence of the core in the language of VS Code. */
export const sentence = (words: Words): string => textIn(vscode.l10n.t, words);

export const stateTitle = (state: RunCondition): string => vscode.l10n.t(stateWords[state]);

export const dataTitle = (kind: DataKindName): string => vscode.l10n.t(dataKinds[kind].title);

export const engineTitles: Record<EngineName, string> = {
  tensorflow: 'TensorFlow',
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  cpu: 'JavaScript',
};
