import * as l10n from '@vscode/l10n';
import type { ModelId } from '../../core/network/model';
import { eventMessageCharacters, type ModelEndEvent, type RunEvent } from '../../core/runs/events';
import { hasEnded } from '../../core/runs/lifecycle';
import type { RunManifest } from '../../core/runs/manifest';
import { type RunOverview, RunOverviewBuilder } from '../../core/runs/overview';
import { TrainingControl } from '../../core/training/control';
import { TrainingMeter } from '../../core/training/meter';
import type { Checkpoint, Trainee } from '../../core/training/trainee';
import { type Journal, Trainer } from '../../core/training/trainer';
import { messageIn } from '../../core/wordedError';
import type { PrefetchedBatches } from '../../node/data/prefetch';
import { explained } from '../../node/files/explain';
import { listCheckpoints } from '../../node/runs/checkpoints';
import type { EventLog } from '../../node/runs/eventLog';
import { type RunLock, RunLostError } from '../../node/runs/runLock';
import { writeCheckpoint } from '../../node/runs/writeCheckpoint';
import type { StateReporter } from './stateReporter';

/** How a training ended. */
export interface TrainingResult {
  /** 'failed': a model met a loss that is not finite. */
  readonly state: 'done' | 'stopped' | 'failed';
  /** Why, for people; empty when all went well. */
  readonly message: string;
  readonly overview: RunOverview;
}

/** What a training needs. The session owns all of it, and lets go of it at the end. */
export interface SessionParts {
  readonly runFolder: string;
  readonly manifest: RunManifest;
  readonly lock: RunLock;
  readonly log: EventLog;
  /** What the log tells from before. */
  readonly pastEvents: readonly RunEvent[];
  readonly trainees: readonly Trainee[];
  readonly batches: PrefetchedBatches;
  readonly reporter: StateReporter;
  readonly onEvent?: (event: RunEvent) => void;
  readonly signal?: AbortSignal;
}

/** The training of one run in this process, from its begin or its resumption on. */
export class TrainingSession implements Journal {
  readonly runFolder: string;
  readonly manifest: RunManifest;
  /** Rejects when training broke down, after the log and the state said so. */
  readonly done: Promise<TrainingResult>;
  readonly #control = new TrainingControl();
  readonly #meter: TrainingMeter;
  readonly #overview: RunOverviewBuilder;
  readonly #ends = new Map<ModelId, ModelEndEvent>();
  /** The last status is logged. */
  #isOver = false;

  constructor(private readonly parts: SessionParts) {
    this.runFolder = parts.runFolder;
    this.manifest = parts.manifest;
    const { spec, data } = this.manifest;
    const batchSize = Math.min(spec.batchSize, data.trainCount);
    const models = spec.models.map(({ id }) => id);
    this.#meter = new TrainingMeter({ ...spec, batchSize }, models, parts.batches.batchesPerEpoch);
    this.#overview = new RunOverviewBuilder(models);
    for (const event of parts.pastEvents) this.#observe(event, true);
    parts.lock.onLost(() => this.#control.stop());
    this.done = this.#run();
    // Who started the session may look at its end later, or not at all.
    this.done.catch(() => {});
    if (parts.signal?.aborted) void this.stop();
    parts.signal?.addEventListener('abort', () => void this.stop(), { once: true });
  }

  /** At the next step; a checkpoint is on disk when the state says 'paused'. */
  pause(): void {
    this.#control.pause();
  }

  continue(): void {
    this.#control.continue();
  }

  /** At the next step; resolves when all is saved. */
  async stop(): Promise<void> {
    if (!this.#control.isStopped && !this.#isOver) {
      this.#control.stop();
      this.parts.reporter.change({ state: 'saving' });
    }
    await this.done.catch(() => {});
  }

  log(event: RunEvent): void {
    const isNew = this.parts.log.append(event);
    this.#observe(event, isNew);
    this.#isOver = event.type === 'status' && hasEnded(event.state);
    if (event.type === 'status') this.#report(event.state, event.message);
    else this.parts.reporter.advance(() => this.#meter.position());
    if (isNew) this.parts.onEvent?.(event);
  }

  async save(checkpoint: Checkpoint): Promise<void> {
    await this.parts.log.sync();
    await writeCheckpoint(this.runFolder, checkpoint, () => this.parts.lock.assertHeld());
  }

  async #run(): Promise<TrainingResult> {
    const { trainees, batches } = this.parts;
    try {
      for (const trainee of trainees)
        if ((await listCheckpoints(this.runFolder, trainee.model)).length === 0)
          await this.save(await trainee.snapshot());
      this.#logStatus('training');
      const trainer = new Trainer(this.manifest.spec, trainees, batches, this, this.#control);
      const state = await trainer.run();
      this.parts.lock.assertHeld();
      const message = this.#divergence();
      const result = state === 'done' && message ? 'failed' : state;
      this.#logStatus(result, message);
      await this.parts.log.sync();
      return { state: result, message, overview: this.#overview.overview(true) };
    } catch (caught) {
      const error = this.#cause(caught);
      this.#logFailure(error);
      throw error;
    } finally {
      for (const trainee of trainees) trainee.dispose();
      await this.#letGo();
    }
  }

  /** An epoch that is repeated does not count twice. */
  #observe(event: RunEvent, isNew: boolean): void {
    this.#meter.observe(event);
    if (isNew) this.#overview.observe(event);
    if (event.type === 'modelEnd') this.#ends.set(event.model, event);
  }

  #logStatus(state: 'training' | TrainingResult['state'], message = ''): void {
    const text = message.slice(0, eventMessageCharacters);
    this.log({ type: 'status', time: Date.now(), state, ...(text && { message: text }) });
  }

  #report(state: TrainingResult['state'] | 'preparing' | 'training' | 'paused', message = ''): void {
    this.parts.reporter.change({ ...this.#meter.position(), state, message });
  }

  /** Which models met a loss that is not finite, where, and what helps; empty when none did. */
  #divergence(): string {
    const lines = this.manifest.spec.models.flatMap(({ id, title }) => {
      const end = this.#ends.get(id);
      if (end?.reason !== 'not-finite') return [];
      return [
        l10n.t(
          'The loss of the {0} model is not finite at step {1} (epoch {2}).',
          ...[title, end.step, end.epoch],
        ),
      ];
    });
    if (lines.length === 0) return '';
    return [...lines, l10n.t('Lower the learning rate, or clip gradients (--clip-norm 1).')].join(' ');
  }

  /** A write that failed because the run's folder is not there, say, is told as that. */
  #cause(error: unknown): Error {
    try {
      this.parts.lock.assertHeld();
    } catch (loss) {
      if (loss instanceof RunLostError) return loss;
    }
    const wayOut = l10n.t('Then resume the run (involution resume).');
    return explained(error, 'written', this.runFolder, wayOut);
  }

  /** The log itself may be what failed, and of a run that was lost it is another's. */
  #logFailure(error: Error): void {
    try {
      if (error instanceof RunLostError) throw error;
      this.#logStatus('failed', messageIn(l10n.t, error));
    } catch {
      this.#isOver = true;
      this.#report('failed', messageIn(l10n.t, error));
    }
  }

  async #letGo(): Promise<void> {
    await this.parts.batches.close();
    // All is written by now, or that it can't be written was said already.
    await this.parts.log.close().catch(() => {});
    await this.parts.lock.release();
  }
}
