import * as l10n from '@vscode/l10n';
import { shapesClasses } from '../../src/core/data/shapes';
import type { ModelCard } from '../../src/core/network/model';
import { titleParts } from '../../src/core/network/titles';
import { type RunCondition, stateWords, type TrainingPhase } from '../../src/core/runs/lifecycle';
import type { Metric, RunCard, SplitName } from '../../src/protocol/lab';
import { metric } from './format';

/** A model's title: the word for its preset in the display language, where there is one. */
export function modelTitle({ title }: Pick<ModelCard, 'title'>): string {
  const [own, changes] = titleParts(title);
  return l10n.t(own) + changes;
}

/** More models than this are not told one by one on a line. */
const most = 3;

/** "Involution + Convolution"; of more than three, how many they are. */
export const modelsTitle = (models: readonly ModelCard[]): string =>
  models.length > most ? l10n.t('{0} models', models.length) : models.map(modelTitle).join(' + ');

/** "0.4623 / 0.7157", the models' best validation accuracies; of more than three, from the least to the best. */
export function bestAccuracies({ models, bestAccuracy }: Pick<RunCard, 'models' | 'bestAccuracy'>): string {
  const all = models.map(({ id }) => bestAccuracy[id] ?? null);
  if (all.length <= most) return all.map(metric).join(' / ');
  const known = all.filter((value) => value !== null);
  return known.length === 0 ? metric(null) : [Math.min(...known), Math.max(...known)].map(metric).join(' … ');
}

/** A class, in the display language where it is one of the built-in data's; any other is a name that somebody gave. */
export const classTitle = (name: string): string => (shapesClasses.includes(name) ? l10n.t(name) : name);

/** The field's terms, in the display language. */
export const splitLabel = (split: SplitName): string =>
  ({ train: l10n.t('train'), validation: l10n.t('validation') })[split];

export const metricLabel = (metric: Metric): string =>
  ({ loss: l10n.t('Loss'), accuracy: l10n.t('Accuracy') })[metric];

export const stateLabel = (state: RunCondition | TrainingPhase): string => l10n.t(stateWords[state]);
