import { basename } from 'node:path';
import * as vscode from 'vscode';
import { listClasses } from '../../node/data/classFolders';
import type { DashboardState } from '../../protocol/dashboard';
import type { DashboardHost } from '../../protocol/dashboardCalls';
import { dashboardCalls, dashboardNews } from '../../protocol/dashboardCalls';
import type { SeriesMark, SeriesPatch } from '../../protocol/lab';
import { marksOf } from '../../protocol/seriesPatch';
import { pickImageFolder } from '../flows/pickImageFolder';
import { command, viewIds } from '../ids';
import type { Services } from '../services';
import { serveWebview } from '../webviews/channel';
import { pageHtml, webviewOptions } from '../webviews/page';
import { RunsElsewhere, trainingLoss } from './runsElsewhere';

/** The "Training" view of the side panel. It is sent nothing while hidden, and everything when it shows up again. */
export class DashboardViewProvider implements vscode.WebviewViewProvider {
  constructor(private readonly services: Services) {}

  static register(services: Services): vscode.Disposable {
    return vscode.window.registerWebviewViewProvider(viewIds.dashboard, new DashboardViewProvider(services));
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { services } = this;
    const { training, runs, form, context, log } = services;
    const { webview } = view;
    webview.options = webviewOptions(context.extensionUri);
    const draw = () => {
      webview.html = pageHtml('dashboard', webview, context.extensionUri);
    };
    const elsewhere = new RunsElsewhere(runs);
    const loss = new LossOfTraining(services);
    const channel = serveWebview(
      webview,
      { calls: dashboardCalls, news: dashboardNews },
      dashboardHost(services, loss, elsewhere),
      log,
    );

    const whenVisible = (tell: () => unknown) => () => {
      if (view.visible) tell();
    };
    const tellSeries = whenVisible(() => channel.view.series(loss.news()));
    const tellElsewhere = whenVisible(() => channel.view.elsewhere(elsewhere.all()));
    let watch: vscode.Disposable | undefined;
    const follow = () => {
      watch?.dispose();
      watch = view.visible ? runs.watch() : undefined;
    };
    const subscriptions = vscode.Disposable.from(
      channel,
      training.onDidChange((state) => whenVisible(() => channel.view.trainingState(state))()),
      training.onDidCrash((crash) => whenVisible(() => channel.view.crashed(crash?.report ?? null))()),
      runs.onDidChange((changed) => {
        if (changed.includes(runOfTraining(services) ?? '')) tellSeries();
        if (elsewhere.concerns(changed)) tellElsewhere();
      }),
      // What the form or the trust says has changed under the page: it starts over.
      form.onDidChange(draw),
      vscode.workspace.onDidGrantWorkspaceTrust(draw),
      view.onDidChangeVisibility(follow),
    );
    view.onDidDispose(() => {
      watch?.dispose();
      subscriptions.dispose();
    });
    follow();
    draw();
  }
}

function dashboardHost(services: Services, loss: LossOfTraining, elsewhere: RunsElsewhere): DashboardHost {
  const { training, runs, form, log } = services;
  const execute = async (id: Parameters<typeof command>[0], ...args: unknown[]) => {
    await vscode.commands.executeCommand(command(id), ...args);
  };
  return {
    async ready(): Promise<DashboardState> {
      await runs.loaded();
      return {
        form: form.spec,
        expanded: form.expanded,
        trusted: vscode.workspace.isTrusted,
        training: training.state,
        series: loss.whole(),
        elsewhere: elsewhere.all(),
        crash: training.crash?.report ?? null,
      };
    },
    train: async (spec) => {
      await form.remember(spec);
      await execute('train', spec);
    },
    rememberForm: (spec) => form.remember(spec),
    rememberUnfolded: (expanded) => form.unfold(expanded),
    pause: () => training.pause(),
    continue: () => training.continue(),
    stop: () => training.stop(),
    resumeRun: () => execute('resume', argumentOf(services)),
    restartWorker: () => execute('restartWorker'),
    openRun: (run) => execute('openRun', run === null ? argumentOf(services) : { id: run }),
    pickFolder: () => pickImageFolder(vscode.l10n.t('Train on This Folder')),
    classCount,
    selectEngine: () => execute('selectEngine'),
    showLog: async () => log.show(),
  };
}

/** A folder that is not trusted is not looked into: nothing is trained there. */
async function classCount(folder: string): Promise<number | null> {
  if (!vscode.workspace.isTrusted) return null;
  return listClasses(folder).then(
    ({ classes }) => classes.length,
    () => null,
  );
}

function runOfTraining({ training }: Services): string | null {
  const { runFolder } = training.state;
  return runFolder ? basename(runFolder) : null;
}

/** What a command is told about which run is meant; without one it asks. */
function argumentOf(services: Services): { id: string } | undefined {
  const id = runOfTraining(services);
  return id === null ? undefined : { id };
}

/** What the small chart shows, and how far the page has it. */
class LossOfTraining {
  #known: Readonly<Record<string, SeriesMark>> = {};

  constructor(private readonly services: Services) {}

  /** For a page that has nothing yet. */
  whole(): SeriesPatch[] {
    this.#known = {};
    return this.news();
  }

  news(): SeriesPatch[] {
    const run = runOfTraining(this.services);
    const patches = run ? trainingLoss(this.services.runs, run, this.#known) : [];
    this.#known = marksOf(patches);
    return patches;
  }
}
