import { basename } from 'node:path';
import * as vscode from 'vscode';
import { isNative, nativeDeath, otherEngine } from '../core/nativeDeath';
import { isUnderWay } from '../core/runs/lifecycle';
import type { EngineName, RunSpecInput } from '../core/runs/spec';
import { idleTraining, type TrainingState } from '../core/runs/trainingState';
import { ContextKey, command } from './ids';
import { describeExit, Problem } from './problem';
import { assertTrusted } from './trust';
import { engineTitles, modelTitle } from './words';
import type { WorkerClient, WorkerExit } from './workerClient';

/** How the worker died, and whether it took a training with it. */
export interface Crash {
  readonly report: string;
  /** The run that can be resumed. */
  readonly runFolder: string | null;
  /** That may fare better, where native code ended it; null: another would not. */
  readonly otherEngine: EngineName | null;
}

/** The one training of this window, as the worker tells it. */
export class Training implements vscode.Disposable {
  #current: TrainingState = idleTraining;
  #lastCrash: Crash | null = null;
  readonly #changed = new vscode.EventEmitter<TrainingState>();
  readonly #crashChanged = new vscode.EventEmitter<Crash | null>();

  /** A training is under way here. */
  get isBusy(): boolean {
    return isUnderWay(this.#current.state);
  }

  /** At every change, ten times a second while training. */
  readonly onDidChange = this.#changed.event;
  /** The worker died, or (null) runs again. */
  readonly onDidCrash = this.#crashChanged.event;

  constructor(
    private readonly worker: WorkerClient,
    /** Where new runs go; throws a Problem when the setting names no folder. */
    private readonly runsFolder: () => string,
  ) {
    worker.on('trainingState', (state) => this.#accept(state));
    worker.on('exit', (exit) => this.#workerEnded(exit));
    worker.on('started', () => this.#setCrash(null));
  }

  get state(): TrainingState {
    return this.#current;
  }

  get crash(): Crash | null {
    return this.#lastCrash;
  }

  /** Somebody is about to train something like this: the worker starts while they are being asked. */
  getReady(spec: RunSpecInput): void {
    if (this.isBusy || !vscode.workspace.isTrusted) return;
    // Whatever is wrong is said when the training begins.
    this.worker.call('getReady', spec).catch(() => {});
  }

  /** Begins a run and returns its id. */
  async train(spec: RunSpecInput): Promise<string> {
    this.assertMayTrain();
    const runsFolder = this.runsFolder();
    return basename(await this.#attempt(null, () => this.worker.call('train', spec, runsFolder)));
  }

  /** `dataFolder`: where its images are now, and `engine`: what it goes on on; null: as they were. */
  async resume(runFolder: string, dataFolder: string | null, engine: EngineName | null): Promise<void> {
    this.assertMayTrain();
    await this.#attempt(runFolder, () => this.worker.call('resume', runFolder, dataFolder, engine));
  }

  /** Nothing is asked of a worker that does not train: that would fork one. */
  async pause(): Promise<void> {
    if (this.isBusy) await this.worker.call('pause');
  }

  async continue(): Promise<void> {
    if (this.isBusy) await this.worker.call('continue');
  }

  async stop(): Promise<void> {
    if (this.isBusy) await this.worker.call('stop');
  }

  dispose(): void {
    this.#changed.dispose();
    this.#crashChanged.dispose();
  }

  /** Two trainings can't begin while the worker is still being forked: the state says so from the first moment. */
  async #attempt<T>(runFolder: string | null, begin: () => Promise<T>): Promise<T> {
    this.#accept({
      ...idleTraining,
      runFolder,
      state: 'preparing',
      message: vscode.l10n.t('Starting the worker process'),
    });
    try {
      return await begin();
    } catch (error) {
      if (this.isBusy) this.#accept(idleTraining);
      throw error;
    }
  }

  /** Throws a Problem where nothing may be trained now. */
  assertMayTrain(): void {
    assertTrusted(
      vscode.l10n.t('Nothing is trained in a folder that is not trusted, because runs are written into it.'),
    );
    if (this.isBusy) {
      throw new Problem(
        vscode.l10n.t('A run is being trained already. Stop it first, or wait for its end.'),
        [
          {
            title: vscode.l10n.t('Show It'),
            run: () => vscode.commands.executeCommand(command('openDashboard')),
          },
          { title: vscode.l10n.t('Stop'), run: () => vscode.commands.executeCommand(command('stop')) },
        ],
      );
    }
  }

  #accept(state: TrainingState): void {
    const before = this.#current;
    this.#current = state;
    if (before.state !== state.state) {
      void vscode.commands.executeCommand('setContext', ContextKey.State, state.state);
      void vscode.commands.executeCommand('setContext', ContextKey.Busy, isUnderWay(state.state));
    }
    this.#changed.fire(state);
  }

  #workerEnded(exit: WorkerExit): void {
    const wasBusy = this.isBusy;
    const { runFolder, engine } = this.#current;
    if (exit.expected) {
      // Not 'stopped': nobody stopped the run, it goes on when the window is back.
      this.#accept(idleTraining);
      return;
    }
    const message = wasBusy
      ? `${describeExit(exit)} ${whereItWas(this.#current)}`.trim()
      : describeExit(exit);
    this.#setCrash({
      report: [message, ...exit.lastLines].join('\n'),
      runFolder: wasBusy ? runFolder : null,
      // What kills a process that has no native code but Node's has nothing to do with its engine.
      otherEngine: isNative(engine?.name) && nativeDeath(exit) ? otherEngine(engine!.name) : null,
    });
    if (wasBusy) this.#accept({ ...this.#current, state: 'failed', message });
  }

  #setCrash(crash: Crash | null): void {
    if (crash === this.#lastCrash) return;
    this.#lastCrash = crash;
    this.#crashChanged.fire(crash);
  }
}

/** What a training was doing; empty before the first step. */
function whereItWas({ model, models, epoch, batch, engine }: TrainingState): string {
  const card = models.find(({ id }) => id === model);
  if (!card || !engine) return '';
  return vscode.l10n.t(
    'It trained {0}, epoch {1}, batch {2}, on {3}.',
    ...[modelTitle(card), epoch, batch, engineTitles[engine.name]],
  );
}
