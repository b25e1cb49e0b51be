import { basename } from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { outlineOf } from '../../core/diagram/outline';
import { layerAt, type NetworkAnalysis } from '../../core/networkFile/analysis';
import type { DiagramState } from '../../protocol/diagram';
import { type DiagramHost, diagramCalls, diagramNews } from '../../protocol/diagramCalls';
import { viewIds } from '../ids';
import { saveFile } from '../saveFile';
import { serveWebview } from '../webviews/channel';
import { pageHtml, webviewOptions } from '../webviews/page';
import { problemText } from './diagnostics';
import { isNetworkFile, type NetworkFiles } from './networkFiles';
import { rangeIn } from './ranges';

const PanelState = v.object({ uri: v.string() });

interface DiagramContext {
  readonly extensionUri: vscode.Uri;
  readonly files: NetworkFiles;
  readonly log: vscode.LogOutputChannel;
}

/** Diagrams of network files, a panel beside each file that has one. VS Code brings them back after a reload. */
export class DiagramPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #panels = new Map<string, DiagramPanel>();

  constructor(private readonly context: DiagramContext) {}

  show(document: vscode.TextDocument): void {
    const existing = this.#panels.get(document.uri.toString());
    if (existing) existing.reveal();
    else this.#open(document);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const given = v.safeParse(PanelState, state);
    const uri = given.success ? vscode.Uri.parse(given.output.uri) : null;
    // An unsaved file may be gone, and another one renamed.
    const document = uri && (await Promise.resolve(vscode.workspace.openTextDocument(uri)).catch(() => null));
    if (!document || !isNetworkFile(document)) {
      panel.dispose();
      return;
    }
    panel.webview.options = webviewOptions(this.context.extensionUri);
    this.#adopt(panel, document);
  }

  dispose(): void {
    for (const panel of this.#panels.values()) panel.dispose();
  }

  #open(document: vscode.TextDocument): void {
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const options = webviewOptions(this.context.extensionUri);
    this.#adopt(vscode.window.createWebviewPanel(viewIds.diagram, '', column, options), document);
  }

  #adopt(panel: vscode.WebviewPanel, document: vscode.TextDocument): void {
    const key = document.uri.toString();
    const diagram = new DiagramPanel(panel, document, this.context);
    this.#panels.set(key, diagram);
    panel.onDidDispose(() => {
      this.#panels.delete(key);
      diagram.dispose();
    });
  }
}

/** One panel. It is sent nothing while hidden; when it shows up again its page asks anew. */
class DiagramPanel implements vscode.Disposable {
  readonly #subscriptions: vscode.Disposable;
  readonly #channel: ReturnType<typeof serveWebview<typeof diagramCalls, typeof diagramNews>>;
  #offset = 0;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private document: vscode.TextDocument,
    private readonly context: DiagramContext,
  ) {
    const { extensionUri, files, log } = context;
    this.#channel = serveWebview(
      panel.webview,
      { calls: diagramCalls, news: diagramNews },
      this.#host(),
      log,
    );
    this.#subscriptions = vscode.Disposable.from(
      this.#channel,
      files.onDidChange(() => this.#tell()),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        // It is also told that a file has unsaved changes now.
        if (this.#shows(document) && contentChanges.length > 0) this.#tell();
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.#follow(textEditor)),
    );
    const name = basename(document.fileName);
    panel.title = vscode.l10n.t('Diagram of {0}', name);
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'tab.svg');
    panel.webview.html = pageHtml('diagram', panel.webview, extensionUri);
    for (const editor of vscode.window.visibleTextEditors) this.#follow(editor);
  }

  reveal(): void {
    this.panel.reveal(undefined, true);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.panel.dispose();
  }

  #host(): DiagramHost {
    return {
      ready: async () => this.#state(),
      reveal: (path, focus) => this.#revealLayer(path, focus),
      save: (name, bytes) => saveFile(vscode.Uri.joinPath(this.document.uri, '..'), name, bytes),
    };
  }

  /** A file that was closed and opened again is another document. */
  #shows(document: vscode.TextDocument): boolean {
    const isIt = document.uri.toString() === this.document.uri.toString();
    if (isIt) this.document = document;
    return isIt;
  }

  #analysis(): NetworkAnalysis {
    return this.context.files.analysis(this.document);
  }

  #follow({ document, selection }: vscode.TextEditor): void {
    if (!this.#shows(document)) return;
    this.#offset = document.offsetAt(selection.active);
    if (this.panel.visible) this.#channel.view.selected(this.#selected());
  }

  #tell(): void {
    if (this.panel.visible) this.#channel.view.changed(this.#state());
  }

  #selected(): string | null {
    return layerAt(this.#analysis(), this.#offset)?.placed.path ?? null;
  }

  #state(): DiagramState {
    const { use, tree, unread, problems, total } = this.#analysis();
    return {
      uri: this.document.uri.toString(),
      file: basename(this.document.fileName),
      images: use.images,
      layers: outlineOf(tree),
      unread,
      problems: problems.map(({ path, words, severity }) => ({ path, text: problemText(words), severity })),
      total,
      selected: this.#selected(),
    };
  }

  async #revealLayer(path: string, focus: boolean): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.document.uri);
    const range = rangeIn(document, this.#analysis().document.mark(path));
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    await vscode.window.showTextDocument(document, {
      viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
      preserveFocus: !focus,
      selection: range,
    });
  }
}
