import { basename } from 'node:path';
import * as vscode from 'vscode';
import { isUnderWay } from '../core/runs/lifecycle';
import type { EngineName } from '../core/runs/spec';
import type { TrainingState } from '../core/runs/trainingState';
import { offer } from './dialogs';
import { accuracy } from './format';
import { command } from './ids';
import type { Cure } from './problem';
import { goneProblem } from './runStore';
import type { Services } from './services';
import { readSettings } from './settings';
import type { Crash } from './training';
import { engineTitles, modelTitle } from './words';

const { l10n } = vscode;

/** Says when a training is done, failed, or lost its worker, and what can be done next. */
export function announceEnd({ training, runs }: Services): vscode.Disposable {
  let wasBusy = training.isBusy;
  let runFolder = training.state.runFolder;
  const onChange = (state: TrainingState) => {
    const ended = wasBusy && !isUnderWay(state.state);
    wasBusy = isUnderWay(state.state);
    runFolder = state.runFolder ?? runFolder;
    if (!ended || !runFolder) return;
    const run = { id: basename(runFolder) };
    if (state.state === 'done' && readSettings().notifyWhenDone) void announceDone(state, run);
    // A crash has an announcement of its own.
    else if (state.state === 'failed' && !training.crash) void announceFailure(state, run.id);
  };
  const announceDone = async (state: TrainingState, run: { id: string }) => {
    await runs.refresh();
    const name = runs.card(run.id)?.name ?? run.id;
    const results = state.models
      .map((model) => `${modelTitle(model)} ${accuracy(state.metrics[model.id]?.valAccuracy, 4)}`)
      .join(', ');
    await offer('info', l10n.t('{0} is trained. Validation accuracy: {1}.', name, results), [
      {
        title: l10n.t('Show Kernels'),
        run: () => vscode.commands.executeCommand(command('openRun'), run, 'kernels'),
      },
      {
        title: l10n.t('Compare'),
        run: () => vscode.commands.executeCommand(command('compareRuns')),
      },
    ]);
  };
  const announceFailure = async (state: TrainingState, id: string) => {
    await runs.look([id]);
    const { message } = state;
    if (!runs.card(id)) {
      await offer('error', `${l10n.t('The training ended.')} ${goneProblem(runs.path(id)).message}`, [
        showLog,
      ]);
      return;
    }
    await offer('error', l10n.t('The training failed: {0}', message), [
      {
        title: l10n.t('Show Run'),
        run: () => vscode.commands.executeCommand(command('openRun'), { id }),
      },
      showLog,
    ]);
  };
  return vscode.Disposable.from(
    training.onDidChange(onChange),
    training.onDidCrash((crash) => crash && void announceCrash(crash)),
  );
}

const showLog: Cure = {
  title: l10n.t('Show Log'),
  run: () => vscode.commands.executeCommand(command('showLog')),
};

async function announceCrash({ report, runFolder, otherEngine }: Crash): Promise<void> {
  const [summary] = report.split('\n');
  const resume = (title: string, ...engine: EngineName[]): Cure[] =>
    runFolder === null
      ? []
      : [
          {
            title,
            run: () =>
              vscode.commands.executeCommand(command('resume'), { id: basename(runFolder) }, ...engine),
          },
        ];
  const resumeElsewhere = otherEngine
    ? resume(l10n.t('Resume on {0}', engineTitles[otherEngine]), otherEngine)
    : [];
  await offer(
    'error',
    runFolder ? l10n.t('{0} The run can be resumed from its checkpoint.', summary!) : summary!,
    [...resumeElsewhere, ...resume(l10n.t('Resume')), showLog],
  );
}
