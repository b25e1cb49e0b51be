import * as v from 'valibot';
import type * as vscode from 'vscode';
import type { DataChoice } from '../core/runs/dataChoice';

const Folders = v.record(v.string(), v.string());
const storageKey = 'dataFolders';

/**
 * What a person said of the data of runs, by run id. Where a folder has moved to is remembered; that images will do
 * although they have changed holds as long as the window.
 */
export class DataChoices {
  readonly #anyway = new Set<string>();

  constructor(private readonly memory: vscode.Memento) {}

  of(run: string): DataChoice {
    const folders = this.#folders;
    return { folder: Object.hasOwn(folders, run) ? folders[run]! : null, anyway: this.#anyway.has(run) };
  }

  async moveTo(run: string, folder: string): Promise<void> {
    await this.memory.update(storageKey, { ...this.#folders, [run]: folder });
    // It was said of other images.
    this.#anyway.delete(run);
  }

  acceptChange(run: string): void {
    this.#anyway.add(run);
  }

  get #folders(): Record<string, string> {
    const stored = v.safeParse(Folders, this.memory.get(storageKey));
    return stored.success ? stored.output : {};
  }
}
