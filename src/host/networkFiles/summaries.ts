import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { WorkerClient } from '../workerClient';
import { imagesText } from './checkedImages';
import { problemText } from './diagnostics';
import type { NetworkFiles } from './networkFiles';
import { readNetwork, wrong } from './readNetwork';

const scheme = 'involution-summary';

/** Summaries of network files, as texts beside them: asked again, the text is made anew. */
export class Summaries implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #texts = new Map<string, string>();
  readonly #subscriptions = vscode.Disposable.from(
    this.#changed,
    vscode.workspace.registerTextDocumentContentProvider(scheme, this),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
  );

  constructor(
    private readonly files: NetworkFiles,
    private readonly worker: WorkerClient,
  ) {}

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  async show(document: vscode.TextDocument): Promise<void> {
    const network = readNetwork(document);
    const { use, problems } = this.files.analysis(document);
    const error = problems.find(({ severity }) => severity === 'error');
    const file = basename(document.fileName);
    if (error)
      throw wrong(
        document,
        vscode.l10n.t(
          '{0} does not fit images of {1}: {2}.',
          ...[file, imagesText(use.images), problemText(error.words)],
        ),
      );
    const { shape, classes } = use.images;
    const { text } = await this.worker.call('summary', network, [...shape], classes);
    const uri = vscode.Uri.from({ scheme, path: `/${file}.txt`, query: document.uri.toString() });
    this.#texts.set(uri.toString(), `${vscode.l10n.t('For {0}', imagesText(use.images))}\n\n${text}`);
    this.#changed.fire(uri);
    await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside, preview: true });
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
