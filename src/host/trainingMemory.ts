import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { isUnderWay } from '../core/runs/lifecycle';
import { offer } from './dialogs';
import { resumeRun } from './flows/resumeRun';
import { command } from './ids';
import { loggedError } from './problem';
import { reportError } from './reporting';
import type { Services } from './services';
import { readSettings } from './settings';

/** A run that was interrupted less than this ago is resumed without asking: the window was reloaded. */
const recentMs = 2 * 60_000;
/** How long the worker of the window that was closed may take to save and let go of the run. */
const handOverMs = 30_000;

const Memory = v.pipe(v.string(), v.parseJson(), v.object({ runFolder: v.string() }));

/**
 * The file in which this window notes the run that it trains. A file of its own, since VS Code writes what it is told to
 * remember a while later, and a window that is reloaded before that has forgotten it.
 */
class TrainingNote {
  readonly #folder: string;
  readonly #path: string;

  /** A window without a folder has no storage of its own. */
  constructor({ storageUri, globalStorageUri }: vscode.ExtensionContext) {
    this.#folder = (storageUri ?? globalStorageUri).fsPath;
    this.#path = join(this.#folder, 'training.json');
  }

  read(): string | null {
    try {
      return v.parse(Memory, readFileSync(this.#path, 'utf8')).runFolder;
    } catch {
      return null;
    }
  }

  /** On the disk when this returns. */
  write(runFolder: string): void {
    mkdirSync(this.#folder, { recursive: true });
    const temporary = `${this.#path}.tmp`;
    const file = openSync(temporary, 'w');
    try {
      writeSync(file, JSON.stringify({ runFolder }));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, this.#path);
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

/**
 * Remembers which run this window trains, from before its first step on; when the window went away in the middle of it,
 * the next one resumes the run, or offers to.
 */
export function rememberTraining({ training, worker, context, log }: Services): vscode.Disposable {
  const note = new TrainingNote(context);
  // Training goes on all the same when nothing can be noted.
  const attempt = (action: () => void) => {
    try {
      action();
    } catch (error) {
      log.error(loggedError(error));
    }
  };
  // The worker waits for this listener before it trains.
  const onRun = (runFolder: string) => attempt(() => note.write(runFolder));
  worker.on('runOpened', onRun);
  const subscription = training.onDidChange((state) => {
    // A worker that was told to end, because the window closes, leaves its run to the next window.
    const isLeft = state.state === 'idle' && !worker.running;
    if (!isUnderWay(state.state) && !isLeft) attempt(() => note.remove());
  });
  return vscode.Disposable.from(subscription, new vscode.Disposable(() => worker.off('runOpened', onRun)));
}

/** To be called once, when the extension starts. */
export async function resumeInterrupted(services: Services): Promise<void> {
  const { context, runs, training, log } = services;
  const note = new TrainingNote(context);
  const runFolder = note.read();
  const policy = readSettings().resumeAfterReload;
  if (runFolder === null || policy === 'never' || !vscode.workspace.isTrusted) return;
  note.remove();
  const id = basename(runFolder);
  // Wherever it lies: the setting may have changed since.
  runs.follow(runFolder, false);
  const run = await runs.settled(id, handOverMs);
  // 'stopped' is how the worker leaves a run when its window goes away and it can still save.
  if ((run?.state !== 'interrupted' && run?.state !== 'stopped') || training.isBusy) return;

  if (policy === 'automatic' && Date.now() - (await runs.lastWritten(id)) < recentMs) {
    log.info(vscode.l10n.t('Resuming {0}: the window was reloaded while it trained.', run.name));
    await resumeRun(services, runs.path(id)).catch((error) => reportError(log, error));
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
