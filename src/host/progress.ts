import * as vscode from 'vscode';
import type { Progress } from '../protocol/worker';
import { plainText } from './plainText';

/** A notification with a progress bar and a Cancel button around a task of the worker. */
export async function withProgress<T>(
  title: string,
  run: (options: { signal: AbortSignal; onProgress: (progress: Progress) => void }) => Promise<T>,
): Promise<T> {
  return withNotification(title, true, (bar, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    let shown = 0;
    return run({
      signal: abort.signal,
      onProgress: ({ message, fraction }) => {
        // VS Code adds increments up; a fraction that is not known keeps the bar moving by itself.
        const increment = fraction === null ? undefined : Math.max(0, fraction * 100 - shown);
        shown += increment ?? 0;
        bar.report({ message: plainText(message), increment });
      },
    });
  });
}

/** The same around something short that can't be cancelled and does not say how far it is. */
export async function whileNotified<T>(title: string, run: () => Promise<T>): Promise<T> {
  return withNotification(title, false, run);
}

async function withNotification<T>(
  title: string,
  cancellable: boolean,
  run: Parameters<typeof vscode.window.withProgress<T>>[1],
): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title: plainText(title), cancellable };
  return vscode.window.withProgress(options, run);
}
