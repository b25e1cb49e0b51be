import * as vscode from 'vscode';
import type { RunCard } from '../../protocol/lab';
import { accuracy, ago, duration } from '../format';
import { ContextKey, command, viewIds } from '../ids';
import type { RunStore } from '../runStore';
import { bestAccuracies, modelsTitle, modelTitle, stateTitle } from '../words';

const stateIcons: Record<RunCard['state'], [icon: string, color?: string]> = {
  preparing: ['loading~spin'],
  training: ['sync~spin', 'charts.blue'],
  paused: ['debug-pause', 'charts.blue'],
  stopped: ['primitive-square', 'disabledForeground'],
  done: ['pass', 'testing.iconPassed'],
  failed: ['error', 'testing.iconFailed'],
  interrupted: ['debug-disconnect', 'problemsWarningIcon.foreground'],
};

/** Items drawn at first, and with each "Show More": a tree of thousands would be sent anew at every change. */
const page = 200;

/** The last item, where there are more runs than are drawn. */
interface More {
  readonly left: number;
}
type Node = RunCard | More;

/** The runs of the folder, newest first. Several can be selected, to compare or to delete them. */
export class RunsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<Node>;
  readonly #subscriptions: vscode.Disposable[];
  /** Keeps the store looking at the folder while the tree can be seen. */
  #watch: vscode.Disposable | undefined;
  #most = page;

  /** `onFirstLook` is called when the runs are shown for the first time. */
  constructor(
    private readonly runs: RunStore,
    private onFirstLook: () => void = () => {},
  ) {
    this.#view = vscode.window.createTreeView(viewIds.runs, { treeDataProvider: this, canSelectMany: true });
    this.#subscriptions = [
      this.#view,
      this.#changed,
      this.#view.onDidChangeVisibility(() => this.#followVisibility()),
      runs.onDidChange(() => this.#refresh()),
    ];
    this.#followVisibility();
  }

  get selection(): readonly RunCard[] {
    return this.#view.selection.filter((node) => 'id' in node);
  }

  showMore(): void {
    this.#most += page;
    this.#changed.fire(undefined);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node) return [];
    this.onFirstLook();
    this.onFirstLook = () => {};
    await this.runs.loaded();
    const cards = this.runs.cards();
    const left = cards.length - this.#most;
    return left > 0 ? [...cards.slice(0, this.#most), { left }] : [...cards];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return 'id' in node ? runItem(node) : moreItem(node);
  }

  dispose(): void {
    this.#watch?.dispose();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #refresh(): void {
    void vscode.commands.executeCommand('setContext', ContextKey.HasRuns, this.runs.cards().length > 0);
    this.#changed.fire(undefined);
  }

  #followVisibility(): void {
    this.#watch?.dispose();
    this.#watch = this.#view.visible ? this.runs.watch() : undefined;
  }
}

function runItem(run: RunCard): vscode.TreeItem {
  const item = new vscode.TreeItem(run.name);
  const [icon, color] = stateIcons[run.state];
  item.id = run.id;
  item.iconPath = new vscode.ThemeIcon(icon, color ? new vscode.ThemeColor(color) : undefined);
  item.description = describe(run);
  item.tooltip = tooltip(run);
  item.contextValue = `run.${run.state}`;
  item.command = { command: command('openRun'), title: vscode.l10n.t('Open Run'), arguments: [run] };
  item.accessibilityInformation = { label: `${run.name}, ${stateOf(run)}, ${item.description}` };
  return item;
}

function moreItem({ left }: More): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Show More ({0} left)', left));
  item.iconPath = new vscode.ThemeIcon('more');
  item.command = { command: command('showMoreRuns'), title: vscode.l10n.t('Show More Runs') };
  return item;
}

/** Who can't pause or stop a run here is told why. */
const stateOf = ({ state, elsewhere }: RunCard) =>
  elsewhere === null
    ? stateTitle(state)
    : vscode.l10n.t('{0} in another window or a terminal: {1}', stateTitle(state), elsewhere);

/** "0.46 / 0.71 · training", or "0.78 · 12 min. ago". */
function describe(run: RunCard): string {
  const best = bestAccuracies(run);
  const isOver = run.state === 'done' || run.state === 'stopped';
  return `${best} · ${isOver ? ago(Date.parse(run.created), Date.now()) : stateOf(run)}`;
}

function tooltip(run: RunCard): vscode.MarkdownString {
  const rows: [string, string][] = [
    [vscode.l10n.t('State'), stateOf(run)],
    [vscode.l10n.t('Data'), run.dataName],
    [vscode.l10n.t('Models'), modelsTitle(run.models)],
    ...run.models.map((model): [string, string] => [
      vscode.l10n.t('Best validation accuracy, {0}', modelTitle(model)),
      accuracy(run.bestAccuracy[model.id], 4),
    ]),
    [vscode.l10n.t('Epochs'), String(run.epochs)],
    [vscode.l10n.t('Seed'), String(run.seed)],
    [vscode.l10n.t('Engine'), run.engine],
    [vscode.l10n.t('Duration'), duration(run.seconds)],
    [vscode.l10n.t('Begun'), new Date(run.created).toLocaleString(vscode.env.language)],
  ];
  // Names come from run folders: as plain text, or they could bring links and pictures along.
  const markdown = new vscode.MarkdownString();
  markdown.appendMarkdown('**').appendText(run.name).appendMarkdown('**\n\n| | |\n|:--|:--|\n');
  for (const [name, value] of rows) {
    markdown
      .appendMarkdown('| ')
      .appendText(name)
      .appendMarkdown(' | ')
      .appendText(value.replaceAll('|', '/'))
      .appendMarkdown(' |\n');
  }
  return markdown;
}
