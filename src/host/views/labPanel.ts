import * as vscode from 'vscode';
import { type LabSection, type LabSubject, subjectLimits } from '../../protocol/lab';
import { labCalls, labNews } from '../../protocol/labCalls';
import type { Progress } from '../../protocol/worker';
import { offer } from '../dialogs';
import { viewIds } from '../ids';
import type { Services } from '../services';
import { serveWebview } from '../webviews/channel';
import { parseSubject, withinLimits } from '../webviews/labSubject';
import { pageHtml, webviewOptions } from '../webviews/page';
import { createLabHost, type LabPage } from './labHost';

const nothing: LabSubject = { runs: [], section: 'charts', images: [] };

/** The editor panels: one per run, or a comparison of runs. VS Code brings them back after a reload. */
export class LabPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #panels = new Set<LabPanel>();

  constructor(private readonly services: Services) {}

  /**
   * Reveals the panel of these runs and shows the subject in it; creates it first where there is none. Of more than a
   * panel takes the first are shown, which is said.
   */
  open(wanted: LabSubject): void {
    const subject = withinLimits(wanted);
    sayWhatIsLeftOut(wanted);
    const existing = [...this.#panels].find((panel) => panel.shows(subject.runs));
    if (existing) {
      existing.reveal(subject);
      return;
    }
    this.#create(subject);
  }

  /** The panel of a run that is about to be: its page says so until there is one. */
  expect(): ExpectedPanel {
    const lab = this.#create(nothing);
    lab.isAwaited = true;
    return {
      show: (run) => lab.becomes({ ...nothing, runs: [run] }),
      close: () => lab.close(),
    };
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    // Options are not persisted, and the extension may have moved since (an update).
    panel.webview.options = webviewOptions(this.services.context.extensionUri);
    this.#adopt(panel, parseSubject(state) ?? nothing);
  }

  /** The tabs stay: VS Code brings them back after a reload. */
  dispose(): void {
    for (const panel of this.#panels) panel.dispose();
  }

  #create(subject: LabSubject): LabPanel {
    const { extensionUri } = this.services.context;
    const panel = vscode.window.createWebviewPanel(
      viewIds.lab,
      'Involution Lab',
      vscode.ViewColumn.Active,
      webviewOptions(extensionUri),
    );
    return this.#adopt(panel, subject);
  }

  #adopt(panel: vscode.WebviewPanel, subject: LabSubject): LabPanel {
    const lab = new LabPanel(panel, subject, this.services);
    this.#panels.add(lab);
    panel.onDidDispose(() => {
      this.#panels.delete(lab);
      lab.dispose();
    });
    return lab;
  }
}

/** Nothing happens to one that was closed meanwhile. */
interface ExpectedPanel {
  show(run: string): void;
  close(): void;
}

function sayWhatIsLeftOut({ runs, images }: LabSubject): void {
  const { l10n } = vscode;
  if (runs.length > subjectLimits.runs) {
    const counts = [subjectLimits.runs, runs.length];
    void offer(
      'warning',
      l10n.t('The first {0} of {1} runs are compared: a panel takes no more.', ...counts),
    );
  }
  if (images.length > subjectLimits.images) {
    const counts = [subjectLimits.images, images.length];
    void offer(
      'warning',
      l10n.t('The kernels of the first {0} of {1} images are shown: a panel takes no more.', ...counts),
    );
  }
}

/** One panel: a view of run folders. It is sent nothing while hidden; when it shows up again its page asks anew. */
class LabPanel implements LabPage, vscode.Disposable {
  #shown: LabSubject;
  #isClosed = false;
  /** Its run is being prepared. */
  isAwaited = false;
  readonly #subscriptions: vscode.Disposable[] = [];
  readonly #channel: ReturnType<typeof serveWebview<typeof labCalls, typeof labNews>>;
  /** Keeps the store looking at the runs while the panel can be seen. */
  #watch: vscode.Disposable | undefined;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    subject: LabSubject,
    private readonly services: Services,
  ) {
    const { context, runs, log } = services;
    this.#shown = subject;
    const host = createLabHost(this, services);
    this.#channel = serveWebview(panel.webview, { calls: labCalls, news: labNews }, host, log);
    this.#subscriptions.push(
      host,
      this.#channel,
      runs.onDidChange((changed) => this.#tellChanges(changed)),
      panel.onDidChangeViewState(() => this.#follow()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#draw()),
    );
    panel.iconPath = vscode.Uri.joinPath(context.extensionUri, 'media', 'tab.svg');
    this.#follow();
    this.#draw();
    void runs.loaded().then(() => this.#setTitle());
  }

  get subject(): LabSubject {
    return this.#shown;
  }

  set subject(subject: LabSubject) {
    this.#shown = subject;
    this.#setTitle();
    this.#follow();
  }

  shows(runs: readonly string[]): boolean {
    return [...runs].sort().join('\n') === [...this.#shown.runs].sort().join('\n');
  }

  /** The same runs in another order stay in the order that they have. */
  reveal({ section, images }: LabSubject): void {
    this.subject = { runs: this.#shown.runs, section, images };
    if (this.panel.visible) this.#channel.view.show(this.#shown);
    this.panel.reveal();
  }

  becomes(subject: LabSubject): void {
    if (this.#isClosed) return;
    this.isAwaited = false;
    this.subject = subject;
    if (this.panel.visible) this.#channel.view.show(subject);
  }

  close(): void {
    if (!this.#isClosed) this.panel.dispose();
  }

  progress(section: LabSection, progress: Progress): void {
    if (this.panel.visible) this.#channel.view.progress(section, progress);
  }

  dispose(): void {
    this.#isClosed = true;
    this.#watch?.dispose();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #draw(): void {
    this.panel.webview.html = pageHtml('lab', this.panel.webview, this.services.context.extensionUri);
  }

  #tellChanges(changed: readonly string[]): void {
    if (!this.#shown.runs.some((id) => changed.includes(id))) return;
    this.#setTitle();
    const { runs } = this.services;
    if (this.panel.visible)
      this.#channel.view.runsChanged(this.#shown.runs.flatMap((id) => runs.card(id) ?? []));
  }

  #setTitle(): void {
    const names = this.#shown.runs.flatMap((id) => this.services.runs.card(id)?.name ?? []);
    const title =
      names.length > 1 ? vscode.l10n.t('Compare {0}', names.join(', ')) : (names[0] ?? 'Involution Lab');
    if (this.panel.title !== title) this.panel.title = title;
  }

  #follow(): void {
    this.#watch?.dispose();
    this.#watch = this.panel.visible ? this.services.runs.watch(this.#shown.runs) : undefined;
  }
}
