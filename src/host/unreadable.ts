import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { runFiles } from '../core/runs/layout';
import { singleLine } from './plainText';

/** The folders that can't be read: each is said once, with its reason, and looked at again when it has changed. */
export class UnreadableFolders {
  readonly #found = new Map<string, { readonly reason: string; readonly dates: string }>();

  constructor(private readonly log: vscode.LogOutputChannel) {}

  async note(folder: string, reason: string): Promise<void> {
    const dates = await datesOf(folder);
    if (this.#found.get(folder)?.reason !== reason) this.log.warn(singleLine(reason));
    this.#found.set(folder, { reason, dates });
  }

  /** Whether it is as it was when it couldn't be read. */
  async isUnchanged(folder: string): Promise<boolean> {
    const found = this.#found.get(folder);
    return found !== undefined && found.dates === (await datesOf(folder));
  }

  forget(folder: string): void {
    this.#found.delete(folder);
  }

  clear(): void {
    this.#found.clear();
  }
}

/** Changes whenever a folder gets or loses a file, or one of those that make it a run is written. */
async function datesOf(folder: string): Promise<string> {
  const paths = [folder, join(folder, runFiles.manifest), join(folder, runFiles.events)];
  const dates = paths.map((path) =>
    lstat(path).then(
      ({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`,
      () => 'none',
    ),
  );
  return (await Promise.all(dates)).join('\n');
}
