import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Images } from '../../core/data/images';
import { cifar10 } from '../../core/data/kinds/cifar10';
import { imageSizeLimit } from '../../core/data/kinds/folder';
import { analyzeNetwork, type NetworkAnalysis, type NetworkUse } from '../../core/networkFile/analysis';
import { RunSpec } from '../../core/runs/spec';
import type { TrainingForm } from '../trainingForm';

export const networkFileEnding = '.involution.json';

/** Files of whatever file system, and those that are on none yet. */
export const networkFileSelector: vscode.DocumentSelector = { pattern: `**/*${networkFileEnding}` };

/** What a comparison of versions shows is not being written. */
export const isNetworkFile = (document: vscode.TextDocument): boolean =>
  document.uri.scheme !== 'git' && document.fileName.endsWith(networkFileEnding);

const integer = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const pixels = integer(1, imageSizeLimit);

/** Images that a network can be checked for. */
export const CheckedImages = v.object({
  shape: v.tuple([pixels, pixels, integer(1, 4)]),
  // Labels are bytes.
  classes: integer(2, 256),
});
const storageKey = 'networkFileImages';

/** What is known of the network files that are open, and which images they are checked for. */
export class NetworkFiles implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** Networks are checked for other images, or batches of another size. */
  readonly onDidChange = this.#changed.event;
  readonly #analyses = new WeakMap<vscode.TextDocument, { version: number; analysis: NetworkAnalysis }>();
  readonly #subscription: vscode.Disposable;

  constructor(
    private readonly memory: vscode.Memento,
    private readonly form: TrainingForm,
  ) {
    this.#subscription = form.onDidChange(() => this.#changed.fire());
  }

  /** Remembered; at first those of CIFAR-10, which are those of the built-in shapes. */
  get images(): Images {
    const stored = v.safeParse(CheckedImages, this.memory.get(storageKey));
    return stored.success ? stored.output : cifar10.images!;
  }

  async checkFor(images: Images): Promise<void> {
    await this.memory.update(storageKey, images);
    this.#changed.fire();
  }

  /** Of the text as it is now. */
  analysis(document: vscode.TextDocument): NetworkAnalysis {
    const { use } = this;
    const known = this.#analyses.get(document);
    if (known?.version === document.version && isSameUse(known.analysis.use, use)) return known.analysis;
    const analysis = analyzeNetwork(document.getText(), use);
    this.#analyses.set(document, { version: document.version, analysis });
    return analysis;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  private get use(): NetworkUse {
    const { batchSize = v.parse(RunSpec, {}).batchSize } = this.form.spec;
    return { images: this.images, batchSize };
  }
}

const isSameUse = (a: NetworkUse, b: NetworkUse): boolean => JSON.stringify(a) === JSON.stringify(b);
