import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { isUnderWay } from './core/runs/lifecycle';
import { registerCommands } from './host/commands';
import { DataChoices } from './host/dataChoices';
import { announceEnd } from './host/endOfTraining';
import { viewIds } from './host/ids';
import { DiagramPanels } from './host/networkFiles/diagramPanels';
import { NetworkFiles } from './host/networkFiles/networkFiles';
import { supportNetworkFiles } from './host/networkFiles/register';
import { Summaries } from './host/networkFiles/summaries';
import { RunStore } from './host/runStore';
import { RunsLocation } from './host/runsLocation';
import type { Services } from './host/services';
import { settingsSection } from './host/settings';
import { Tour } from './host/tour';
import { Training } from './host/training';
import { TrainingForm } from './host/trainingForm';
import { rememberTraining, resumeInterrupted } from './host/trainingMemory';
import { assertStaysInside } from './host/trust';
import { DashboardViewProvider } from './host/views/dashboardView';
import { LabPanels } from './host/views/labPanel';
import { RunsTree } from './host/views/runsTree';
import { createStatusBarItem } from './host/views/statusBar';
import { WorkerClient } from './host/workerClient';
import { workerLaunch } from './host/workerLaunch';

/** Nobody is being trained: there is nothing to save. */
const idleGraceMs = 2_000;

let worker: WorkerClient | undefined;

export function activate(context: vscode.ExtensionContext): void {
  // What src/node says of runs and files, it says through a library that knows nothing of VS Code.
  if (vscode.l10n.bundle) l10n.config({ contents: vscode.l10n.bundle });
  const log = vscode.window.createOutputChannel('Involution Lab', { log: true });
  worker = new WorkerClient(() => workerLaunch(context.extensionUri));
  worker.on('log', (level, line) => log[level](line));

  const location = new RunsLocation(context, log);
  const runs = new RunStore(location.latest, log, assertStaysInside);
  const training = new Training(worker, () => location.current());
  const form = new TrainingForm(context.globalState);
  const services: Services = {
    context,
    log,
    worker,
    runs,
    training,
    form,
    data: new DataChoices(context.workspaceState),
    tour: new Tour(context.globalState),
    networkFiles: new NetworkFiles(context.workspaceState, form),
  };
  const panels = new LabPanels(services);
  const followFolder = () => void runs.moveTo(location.look());
  const tree = new RunsTree(runs, followFolder);
  const { extensionUri } = context;
  const { networkFiles } = services;
  const summaries = new Summaries(networkFiles, worker);
  const diagrams = new DiagramPanels({ extensionUri, files: networkFiles, log });

  context.subscriptions.push(
    log,
    runs,
    training,
    panels,
    tree,
    summaries,
    diagrams,
    supportNetworkFiles(networkFiles),
    registerCommands(services, { panels, tree, summaries, diagrams }),
    createStatusBarItem(training),
    announceEnd(services),
    rememberTraining(services),
    training.onDidChange((state) => runs.follow(state.runFolder, isUnderWay(state.state))),
    DashboardViewProvider.register(services),
    vscode.window.registerWebviewPanelSerializer(viewIds.lab, panels),
    vscode.window.registerWebviewPanelSerializer(viewIds.diagram, diagrams),
    vscode.workspace.onDidChangeWorkspaceFolders(followFolder),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      followFolder();
      void runs.reconsider();
      // The one that was forked in Restricted Mode keeps to it.
      void services.worker.stop(idleGraceMs);
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      const affects = (name: string) => change.affectsConfiguration(`${settingsSection}.${name}`);
      if (affects('runsFolder')) followFolder();
      // They take effect when the worker is started: one that is idle makes way for a new one.
      if ((affects('engine') || affects('nodePath')) && !training.isBusy) {
        void services.worker.stop(idleGraceMs);
      }
    }),
  );
  void resumeInterrupted(services);
}

/** VS Code waits a few seconds for this. A worker that takes longer to save does so alone, and exits by itself. */
export function deactivate(): Promise<void> | undefined {
  return worker?.release();
}
