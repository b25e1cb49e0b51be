import * as vscode from 'vscode';
import { isUnderWay } from '../../core/runs/lifecycle';
import type { TrainingState } from '../../core/runs/trainingState';
import { accuracy, duration } from '../format';
import { command } from '../ids';
import { plainLines, plainText } from '../plainText';
import type { Training } from '../training';
import { modelTitle } from '../words';

/** Model, epoch, accuracy and time left, while there is a training; a click opens the dashboard. */
export function createStatusBarItem(training: Training): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('involutionLab.training', vscode.StatusBarAlignment.Left);
  item.name = 'Involution Lab';
  item.command = command('openDashboard');
  const draw = (state: TrainingState) => {
    if (!isUnderWay(state.state)) {
      item.hide();
      return;
    }
    item.text = statusText(state);
    item.tooltip = plainLines([statusTooltip(state), state.message].filter(Boolean).join('\n'));
    item.accessibilityInformation = { label: `Involution Lab: ${statusTooltip(state)}` };
    item.show();
  };
  const subscription = training.onDidChange(draw);
  draw(training.state);
  return vscode.Disposable.from(item, subscription);
}

export function statusText(state: TrainingState): string {
  const icon = state.state === 'paused' ? '$(debug-pause)' : '$(sync~spin)';
  if (!state.model) return `${icon} ${statusTooltip(state)}`;
  const metrics = state.metrics[state.model];
  const parts = [
    // What a model is called may come from anywhere: no part of it is an icon.
    plainText(titleNow(state)),
    `${state.epoch}/${state.epochs}`,
    accuracy(metrics?.accuracy, 4),
    ...(state.secondsLeft === null || state.state !== 'training' ? [] : [duration(state.secondsLeft)]),
  ];
  return `${icon} ${parts.join(' · ')}`;
}

/** Of the model whose turn it is. */
function titleNow({ model, models }: TrainingState): string {
  const card = models.find(({ id }) => id === model);
  return card ? modelTitle(card) : '';
}

function statusTooltip(state: TrainingState): string {
  const model = titleNow(state);
  switch (state.state) {
    case 'preparing':
      return vscode.l10n.t('Preparing the training');
    case 'paused':
      return vscode.l10n.t('{0} paused in epoch {1} of {2}', model, state.epoch, state.epochs);
    case 'saving':
      return vscode.l10n.t('Saving the training');
    default:
      return vscode.l10n.t(
        'Training {0}, epoch {1} of {2}; {3} left',
        model,
        state.epoch,
        state.epochs,
        state.secondsLeft === null ? '–' : duration(state.secondsLeft),
      );
  }
}
