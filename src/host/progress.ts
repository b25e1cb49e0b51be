import * as vscode from 'vscode';
import type { Progress } from '../protocol/worker';

/** A notification with a progress bar and a Cancel button around a task of the worker. */
export async function withProgress<T>(
  title: string,
  run: (options: { signal: AbortSignal; onProgress: (progress: Progress) => void }) => Promise<T>,
): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (bar, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    let shown = 0;
    return run({
      signal: abort.signal,
      onProgress: ({ message, fraction }) => {
        // VS Code adds increments up; a fraction that is not known keeps the bar moving by itself.
        const increment = fraction === null ? undefined : Math.max(0, fraction * 100 - shown);
        shown += increment ?? 0;
        bar.report({ message, increment });
      },
    });
  });
}
