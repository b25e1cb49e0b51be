import * as vscode from 'vscode';
import { offer } from './dialogs';
import { type CommandId, command } from './ids';
import { describeError, isCancellation, loggedError, Problem } from './problem';
import { WorkerGoneError } from './workerClient';

/** Registers a command whose errors end in the log, with their stack, and in a notification with a way out. */
export function registerCommand(
  id: CommandId,
  log: vscode.LogOutputChannel,
  run: (...args: unknown[]) => unknown,
): vscode.Disposable {
  return vscode.commands.registerCommand(command(id), async (...args: unknown[]) => {
    try {
      return await run(...args);
    } catch (error) {
      reportError(log, error);
      return undefined;
    }
  });
}

/** Does not wait for the notification to be answered. */
export function reportError(log: vscode.LogOutputChannel, error: unknown): void {
  if (isCancellation(error)) return;
  log.error(loggedError(error));
  // The death of the worker is told once, with the run that can be resumed, and not by each call that it cut off.
  if (error instanceof WorkerGoneError && !error.exit.expected) return;
  const cures = error instanceof Problem ? error.cures : [];
  void offer('error', describeError(error), [
    ...cures,
    { title: vscode.l10n.t('Show Log'), run: () => log.show() },
  ]);
}
