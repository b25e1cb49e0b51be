import * as l10n from '@vscode/l10n';
import { resumeRun, startTraining, type TrainingHost } from '../application/training/startTraining';
import type { TrainingSession } from '../application/training/trainingSession';
import { hasEnded } from '../core/runs/lifecycle';
import { idleTraining } from '../core/runs/trainingState';
import { OutOfMemoryError } from '../engines/engine';
import type { WorkerFunctions } from '../protocol/workerCalls';
import type { WorkerContext } from './context';
import { withButtons } from './datasets';
import { HeadStart } from './headStart';

type TrainingFunctions = Pick<
  WorkerFunctions,
  'getReady' | 'train' | 'resume' | 'pause' | 'continue' | 'stop'
>;

/** The training of this process: one at a time. */
export class WorkerTraining {
  #session: TrainingSession | null = null;
  /** The session has said how it ended, and is letting go of its run. */
  #isOver = false;
  /** While data and engine are being prepared. */
  #preparation: AbortController | null = null;
  #preparing: Promise<unknown> = Promise.resolve();

  readonly #headStart: HeadStart;

  constructor(private readonly context: WorkerContext) {
    this.#headStart = new HeadStart(context.engines);
  }

  readonly functions: TrainingFunctions = {
    getReady: async (spec) => {
      if (!this.#preparation && !this.#session) await this.#headStart.make(spec);
    },
    train: async (spec, runsFolder) =>
      (await this.#begin((host) => startTraining({ ...host, spec, runsFolder }))).runFolder,
    resume: async (runFolder, folder, otherEngine) => {
      const dataFolder = folder ?? undefined;
      const engine = otherEngine ?? undefined;
      await this.#begin((host) =>
        resumeRun({ ...host, runFolder, dataFolder, engine }).catch((error) => {
          throw withButtons(error);
        }),
      );
    },
    pause: async () => this.#session?.pause(),
    continue: async () => this.#session?.continue(),
    stop: () => this.stop(),
  };

  /** Resolves when all is saved; at once when nothing is being trained. */
  async stop(): Promise<void> {
    this.#preparation?.abort();
    await this.#preparing.catch(() => {});
    await this.#session?.stop();
  }

  async #begin(open: (host: TrainingHost) => Promise<TrainingSession>): Promise<TrainingSession> {
    if (this.#isOver) await this.#session?.done.catch(() => {});
    if (this.#preparation || this.#session) {
      throw new Error(l10n.t('A run is being trained already. Stop it first, or wait for its end.'));
    }
    const { engines, events } = this.context;
    const preparation = new AbortController();
    this.#preparation = preparation;
    const opening = open({
      startEngine: (choice, selection) => engines.forTraining(choice, selection),
      loadData: this.#headStart.loadData,
      onState: (state) => {
        this.#isOver = hasEnded(state.state);
        events.trainingState(state);
      },
      onRun: (runFolder) => events.runOpened(runFolder),
      onNotice: (line) => events.log('warn', line),
      signal: preparation.signal,
    });
    this.#preparing = opening;
    try {
      const session = await opening;
      this.#session = session;
      void session.done
        .catch(() => engines.abandon())
        .finally(() => {
          this.#session = null;
        });
      return session;
    } catch (error) {
      if (error instanceof OutOfMemoryError) engines.abandon();
      events.trainingState(idleTraining);
      throw error;
    } finally {
      this.#preparation = null;
    }
  }
}
