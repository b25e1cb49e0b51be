import * as vscode from 'vscode';
import { nativeDeath, nativeDeaths } from '../core/nativeDeath';
import { messageIn } from '../core/wordedError';
import { type WorkerExit, WorkerGoneError, WorkerTimeoutError } from './workerClient';

/** A way out of an error, offered as a button. */
export interface Cure {
  readonly title: string;
  run(): unknown;
}

/** An error that a person can do something about: the message names the thing and the reason, `cures` are the ways out. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    message: string,
    readonly cures: readonly Cure[] = [],
  ) {
    super(message);
  }
}

/** A person dismissed a picker, or cancelled: nothing to report. */
export function isCancellation(error: unknown): boolean {
  return error instanceof vscode.CancellationError || (error instanceof Error && error.name === 'AbortError');
}

/** How an error reads in a notification or a view. */
export function describeError(error: unknown): string {
  if (error instanceof WorkerGoneError) return describeExit(error.exit);
  if (error instanceof WorkerTimeoutError) {
    return vscode.l10n.t(
      'The worker process did not answer within {0} seconds ({1}). It may be busy; if it stays so, restart it.',
      error.seconds,
      error.method,
    );
  }
  return error instanceof Error ? messageIn(vscode.l10n.t, error) : String(error);
}

/** How it reads in the log: with its stack. */
export function loggedError(error: unknown): string {
  const frames = error instanceof Error ? (error.stack ?? '').match(/^\s+at .*$/gm) : null;
  return [describeError(error), ...(frames ?? [])].join('\n');
}

/** How a worker process ended, in words. */
export function describeExit({ code, signal }: Pick<WorkerExit, 'code' | 'signal'>): string {
  const death = nativeDeath({ code, signal });
  if (death)
    return vscode.l10n.t(
      'The worker process was ended by {0}: {1}.',
      death,
      vscode.l10n.t(nativeDeaths[death]),
    );
  if (signal) return vscode.l10n.t('The worker process was ended by {0}.', signal);
  if (code === null) return vscode.l10n.t('The worker process could not be started.');
  return vscode.l10n.t('The worker process ended with exit code {0}.', code);
}
