import * as v from 'valibot';
import * as vscode from 'vscode';
import type { ModelRequestInput } from '../core/network/model';
import { isResumable } from '../core/runs/lifecycle';
import { engineNames, exampleModels, RunSpec, type RunSpecInput } from '../core/runs/spec';
import { type LabSection, labSections, type RunCard } from '../protocol/lab';
import { offer } from './dialogs';
import { chooseTraining } from './flows/chooseTraining';
import { installTensorFlow, selectEngine } from './flows/engines';
import { deleteRuns, exportModel, renameRun, revealRun } from './flows/manageRuns';
import { pickRun, pickSeveralRuns } from './flows/pickRuns';
import { resumeRun } from './flows/resumeRun';
import { visualizeKernels } from './flows/visualizeKernels';
import { type CommandId, viewIds } from './ids';
import { networkFileActions } from './networkFiles/commands';
import type { DiagramPanels } from './networkFiles/diagramPanels';
import type { Summaries } from './networkFiles/summaries';
import { Problem } from './problem';
import { withProgress } from './progress';
import { registerCommand } from './reporting';
import type { Services } from './services';
import { readSettings } from './settings';
import { assertTrusted } from './trust';
import type { LabPanels } from './views/labPanel';
import type { RunsTree } from './views/runsTree';

const { l10n } = vscode;

/** What commands show things in. */
export interface CommandViews {
  readonly panels: LabPanels;
  readonly tree: RunsTree;
  readonly summaries: Summaries;
  readonly diagrams: DiagramPanels;
}

/** Everything a person can do, by command. */
export function registerCommands(
  services: Services,
  { panels, tree, summaries, diagrams }: CommandViews,
): vscode.Disposable {
  const { training, runs, form, worker, log } = services;

  const openRun = (id: string, section: LabSection = 'charts') =>
    panels.open({ runs: [id], section, images: [] });

  /** Left open, the engine is that of the settings. */
  const withEngine = (spec: RunSpecInput): RunSpecInput => ({
    ...spec,
    engine: spec.engine === undefined || spec.engine === 'auto' ? readSettings().engine : spec.engine,
  });

  async function train(spec: RunSpecInput): Promise<void> {
    training.assertMayTrain();
    await form.keepCombination(spec.models ?? exampleModels);
    // Its page loads while the run is being prepared.
    const panel = panels.expect();
    try {
      panel.show(await training.train(withEngine(spec)));
    } catch (error) {
      panel.close();
      throw error;
    }
  }

  async function chooseAndTrain(given: ModelRequestInput | null = null): Promise<void> {
    training.getReady(withEngine(form.spec));
    const spec = await chooseTraining(form.spec, form.combinations, given);
    await form.fillIn(spec);
    await train(spec);
  }

  /** The run that a menu was opened on, or the one that is picked. */
  const runOr = async (argument: unknown, title: string, fits?: (run: RunCard) => boolean) => {
    const id = idOf(argument);
    return id === undefined ? pickRun(runs, title, fits) : runs.existing(id);
  };
  const runOf = (argument: unknown): RunCard | undefined => runs.card(idOf(argument) ?? '');
  /** The runs that a menu was opened on (VS Code gives the one under the pointer, then all selected). */
  const selectedRuns = (args: unknown[]): RunCard[] => {
    const several = Array.isArray(args[1]) ? args[1] : args[0] ? [args[0]] : tree.selection;
    return several.flatMap((argument) => runOf(argument) ?? []);
  };

  const actions: Record<CommandId, (...args: unknown[]) => unknown> = {
    train: (spec) => {
      const given = v.safeParse(RunSpec, spec);
      if (spec !== undefined && given.success) return train(given.output);
      return form.isRemembered ? train(form.spec) : chooseAndTrain();
    },
    trainWith: () => chooseAndTrain(),
    pause: () => training.pause(),
    continue: () => training.continue(),
    stop: () => training.stop(),
    async resume(argument, engine) {
      const { id } = await runOr(argument, l10n.t('Resume Run'), ({ state }) => isResumable(state));
      // As it is now: somebody may have resumed it elsewhere, or deleted it.
      await runs.look([id]);
      const run = runs.existing(id);
      if (run.elsewhere !== null) {
        throw new Problem(
          l10n.t(
            '{0} is being trained in another window or a terminal ({1}). Stop it there first.',
            ...[run.name, run.elsewhere],
          ),
        );
      }
      if (!isResumable(run.state)) {
        throw new Problem(l10n.t('{0} has nothing left to train.', run.name));
      }
      await resumeRun(services, runs.path(id), engineNames.find((name) => name === engine) ?? null);
      openRun(id);
    },
    openDashboard: () => vscode.commands.executeCommand(`${viewIds.dashboard}.focus`),
    async openRun(argument, section) {
      const { id } = await runOr(argument, l10n.t('Open Run'));
      openRun(
        id,
        labSections.find((name) => name === section),
      );
    },
    async compareRuns(...args) {
      const selected = selectedRuns(args);
      const compared = selected.length > 1 ? selected : await pickSeveralRuns(runs, l10n.t('Compare Runs'));
      panels.open({ runs: compared.map(({ id }) => id), section: 'charts', images: [] });
    },
    visualizeKernels: (image, selected) => visualizeKernels(services, panels, imagesOf(image, selected)),
    async learn() {
      await runs.loaded();
      const [latest] = runs.cards();
      panels.open({ runs: latest ? [latest.id] : [], section: 'learn', images: [] });
    },
    async downloadCifar10() {
      assertTrusted(l10n.t('Nothing is downloaded while the workspace is not trusted.'));
      const source = await withProgress(l10n.t('Downloading CIFAR-10'), (options) =>
        worker.task((task) => worker.call('downloadCifar10', task), options),
      );
      void offer('info', l10n.t('CIFAR-10 is there: {0}.', source));
    },
    installTensorFlow: () => installTensorFlow(services),
    selectEngine: () => selectEngine(services),
    ...networkFileActions(services, { summaries, diagrams, runOr, chooseAndTrain }),
    exportModel: async (argument) => exportModel(services, await runOr(argument, l10n.t('Export Model'))),
    renameRun: async (argument) =>
      renameRun(services, await runOr(argument ?? tree.selection[0], l10n.t('Rename Run'))),
    revealRun: async (argument) => revealRun(services, await runOr(argument, l10n.t('Reveal Run Folder'))),
    async deleteRun(...args) {
      const selected = selectedRuns(args);
      await deleteRuns(
        services,
        selected.length > 0 ? selected : [await pickRun(runs, l10n.t('Delete Run'))],
      );
    },
    refreshRuns: () => runs.reconsider(),
    showMoreRuns: () => tree.showMore(),
    async restartWorker() {
      await worker.stop(graceMs);
      await worker.call('engines');
    },
    showLog: () => log.show(),
    openSettings: () =>
      vscode.commands.executeCommand(
        'workbench.action.openSettings',
        `@ext:${services.context.extension.id}`,
      ),
  };
  const registrations = Object.entries(actions).map(([id, run]) =>
    registerCommand(id as CommandId, log, run),
  );
  return vscode.Disposable.from(...registrations);
}

/** For a training's last checkpoint. */
const graceMs = 20_000;

/** Of the run that a command was called for, if it was. */
function idOf(argument: unknown): string | undefined {
  const given = v.safeParse(v.object({ id: v.string() }), argument);
  return given.success ? given.output.id : undefined;
}

/** What the explorer passes: the file under the pointer, then all selected ones. */
function imagesOf(image: unknown, selected: unknown): vscode.Uri[] {
  const several = Array.isArray(selected) && selected.length > 0 ? selected : [image];
  return several.filter((each): each is vscode.Uri => each instanceof vscode.Uri);
}
