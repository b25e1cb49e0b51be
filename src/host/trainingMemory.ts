import { basename } from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { offer } from './dialogs';
import { command } from './ids';
import { reportError } from './reporting';
import type { Services } from './services';
import { readSettings } from './settings';
import { isBusy } from './training';

const storageKey = 'runInTraining';
/** A run that was interrupted less than this ago is resumed without asking: the window was reloaded. */
const recentMs = 2 * 60_000;
/** How long the worker of the window that was closed may take to save and let go of the run. */
const handOverMs = 30_000;

/**
 * Remembers which run this window trains; when the window went away in the middle of it, the next one resumes the run,
 * or offers to.
 */
export function rememberTraining(services: Services): vscode.Disposable {
  const { training, context } = services;
  let remembered: string | undefined;
  return training.onDidChange((state) => {
    // 'idle' forgets nothing: so it is when the worker was told to end, because the window closes.
    if (state.state === 'idle') return;
    const folder = isBusy(state) ? (state.runFolder ?? undefined) : undefined;
    if (folder === remembered) return;
    remembered = folder;
    void context.workspaceState.update(storageKey, folder);
  });
}

/** To be called once, when the extension starts. */
export async function resumeInterrupted(services: Services): Promise<void> {
  const { context, runs, training, log } = services;
  const stored = v.safeParse(v.string(), context.workspaceState.get(storageKey));
  const policy = readSettings().resumeAfterReload;
  if (!stored.success || policy === 'never' || !vscode.workspace.isTrusted) return;
  await context.workspaceState.update(storageKey, undefined);
  const id = basename(stored.output);
  // Wherever it lies: the setting may have changed since.
  runs.follow(stored.output, false);
  const run = await runs.settled(id, handOverMs);
  // 'stopped' is how the worker leaves a run when its window goes away and it can still save.
  if ((run?.state !== 'interrupted' && run?.state !== 'stopped') || isBusy(training.state)) return;

  if (policy === 'automatic' && Date.now() - (await runs.lastWritten(id)) < recentMs) {
    log.info(`Resuming ${run.name}: the window was reloaded while it trained.`);
    await training.resume(runs.path(id)).catch((error) => reportError(log, error));
    return;
  }
  await offer('info', vscode.l10n.t('The training of {0} was interrupted. Nothing is lost.', run.name), [
    {
      title: vscode.l10n.t('Resume'),
      run: () => vscode.commands.executeCommand(command('resume'), run),
    },
    {
      title: vscode.l10n.t('Show Run'),
      run: () => vscode.commands.executeCommand(command('openRun'), run),
    },
  ]);
}
