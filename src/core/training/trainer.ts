import { nextFrame } from '@tensorflow/tfjs-core';
import type { RunEvent } from '../runs/events';
import type { RunSpec } from '../runs/spec';
import type { Batch, BatchSource } from './batchSource';
import type { TrainingControl } from './control';
import { afterEpoch, afterStep } from './cursor';
import { Readback, type Reading } from './readback';
import { learningRateAt } from './schedule';
import { type StepResult, Steps } from './step';
import type { Checkpoint, Trainee } from './trainee';

/**
 * Where a training leaves its traces. What is logged of a model's end is true on the disk by then: its last checkpoint
 * is saved. Steps and epochs are logged before the checkpoint that has them, which is what tells how far a model is.
 */
export interface Journal {
  /** Events come in the order in which things happened; ones that a resumed run repeats are to be ignored. */
  log(event: RunEvent): void;
  /** Resolves when the checkpoint, and all that was logged before it, is on disk. */
  save(checkpoint: Checkpoint): Promise<void>;
}

/** Between two looks at the outside world: timers, messages and a click on "stop" wait no longer than this. */
const turnMilliseconds = 30;
/** A checkpoint within an epoch, so that a killed run repeats no more than this. */
const checkpointMilliseconds = 30_000;

/**
 * Trains the models of a run to their end. They take turns, an epoch each (the one with the fewest epochs first), so
 * that their curves grow side by side. Nothing but the spec, the data and the cursors decides what is computed.
 */
export class Trainer {
  #lastTurn = performance.now();
  #lastSave = performance.now();
  #lastLap = performance.now();
  readonly #steps: ReadonlyMap<Trainee, Steps>;
  /** The checkpoint that is being written while training goes on. */
  #saving: Promise<void> = Promise.resolve();

  constructor(
    private readonly spec: RunSpec,
    private readonly trainees: readonly Trainee[],
    private readonly batches: BatchSource,
    private readonly journal: Journal,
    private readonly control: TrainingControl,
  ) {
    const { clipNorm, labelSmoothing } = spec;
    const setting = { imageShape: batches.imageShape, clipNorm, labelSmoothing };
    this.#steps = new Map(
      trainees.map((trainee) => [trainee, new Steps(trainee.network, trainee.optimizer, setting)]),
    );
  }

  /** Resolves when every model has ended ('done') or the control says stop; then all is saved. */
  async run(): Promise<'done' | 'stopped'> {
    try {
      for (const trainee of this.trainees) await this.#endIfDue(trainee);
      while (!this.control.isStopped) {
        const trainee = this.#next();
        if (!trainee) break;
        this.#lap();
        await this.#epoch(trainee);
      }
      await this.#saving;
      return this.#next() ? 'stopped' : 'done';
    } finally {
      // Also after an error nothing is written any more once this has ended.
      await this.#saving.catch(() => {});
      for (const steps of this.#steps.values()) steps.dispose();
    }
  }

  #next(): Trainee | undefined {
    const training = this.trainees.filter((trainee) => !trainee.ended);
    const fewest = Math.min(...training.map((trainee) => trainee.cursor.epoch));
    return training.find((trainee) => trainee.cursor.epoch === fewest);
  }

  async #epoch(trainee: Trainee): Promise<void> {
    if (!(await this.#train(trainee))) return;
    const validation = await this.#validate(trainee);
    if (!validation) return;
    this.#addTime(trainee);
    const { running, step } = trainee.cursor;
    trainee.cursor = afterEpoch(trainee.cursor, validation.loss, validation.accuracy);
    this.journal.log({
      type: 'epoch',
      time: Date.now(),
      model: trainee.model,
      epoch: trainee.cursor.epoch,
      step,
      loss: finite(running.loss / running.images),
      accuracy: running.correct / running.images,
      valLoss: finite(validation.loss),
      valAccuracy: validation.accuracy,
      learningRate: this.#learningRate(step),
      seconds: running.seconds,
    });
    await this.#save(trainee);
    await this.#endIfDue(trainee);
  }

  /** The rest of the trainee's epoch. False when it was stopped or its loss is not finite. */
  #train(trainee: Trainee): Promise<boolean> {
    const { cursor, model } = trainee;
    const steps = this.#steps.get(trainee)!;
    const epoch = cursor.epoch + 1;
    let step = cursor.step;
    return this.#pass(
      trainee,
      this.batches.training(epoch, cursor.batch),
      (batch) => {
        step++;
        return steps.train(batch, step, this.#learningRate(step));
      },
      ({ tag: images, loss, correct }) => {
        trainee.cursor = afterStep(trainee.cursor, loss, correct, images);
        const { batch, step } = trainee.cursor;
        this.journal.log({
          type: 'batch',
          time: Date.now(),
          model,
          epoch,
          batch,
          step,
          loss: finite(loss),
          accuracy: correct / images,
        });
        if (!Number.isFinite(loss)) this.#end(trainee, 'not-finite', epoch);
        return Number.isFinite(loss);
      },
    );
  }

  /** Mean loss and accuracy over the validation images; null when it was stopped. */
  async #validate(trainee: Trainee): Promise<{ loss: number; accuracy: number } | null> {
    let [lossSum, correctSum, images] = [0, 0, 0];
    const complete = await this.#pass(
      trainee,
      this.batches.validation(),
      (batch) => this.#steps.get(trainee)!.evaluate(batch),
      ({ tag, loss, correct }) => {
        lossSum += loss * tag;
        correctSum += correct;
        images += tag;
        return true;
      },
    );
    return complete ? { loss: lossSum / images, accuracy: correctSum / images } : null;
  }

  /** One step a batch, each recorded in order. False when recording said so, or on stop. */
  async #pass(
    trainee: Trainee,
    batches: AsyncIterable<Batch>,
    step: (batch: Batch) => StepResult,
    record: (reading: Reading<number>) => boolean,
  ): Promise<boolean> {
    const readback = new Readback<number>();
    const recordAll = async (readings: Promise<Reading<number>[]>) => {
      if ((await readings).every(record)) return true;
      await readback.drain();
      return false;
    };
    for await (const batch of batches) {
      readback.add(batch.count, step(batch));
      if (performance.now() - this.#lastTurn < turnMilliseconds) continue;
      if (!(await recordAll(readback.exchange()))) return false;
      await nextFrame();
      this.#lastTurn = performance.now();
      if (!this.control.isStopped && !this.control.isPaused && !this.#isSaveDue()) continue;
      if (!(await recordAll(readback.drain()))) return false;
      this.#addTime(trainee);
      await this.#save(trainee);
      if (this.control.isPaused) await this.#pause();
      if (this.control.isStopped) return false;
    }
    return recordAll(readback.drain());
  }

  async #pause(): Promise<void> {
    await this.#saving;
    this.journal.log({ type: 'status', time: Date.now(), state: 'paused' });
    await this.control.untilContinued();
    this.#lap();
    if (!this.control.isStopped) this.journal.log({ type: 'status', time: Date.now(), state: 'training' });
  }

  /** Once its last checkpoint is on the disk. */
  async #endIfDue(trainee: Trainee): Promise<void> {
    const reason = trainee.ended ? null : this.#dueEnd(trainee);
    if (!reason) return;
    await this.#saving;
    this.#end(trainee, reason, trainee.cursor.epoch);
  }

  #dueEnd({ cursor: { epoch, patience } }: Trainee): 'finished' | 'early-stopping' | null {
    const limit = this.spec.earlyStoppingPatience;
    if (epoch >= this.spec.epochs) return 'finished';
    return limit !== null && patience.waited >= limit ? 'early-stopping' : null;
  }

  #end(trainee: Trainee, reason: NonNullable<Trainee['ended']>['reason'], epoch: number): void {
    const { model, cursor } = trainee;
    trainee.ended = { reason, epoch, step: cursor.step };
    this.journal.log({ type: 'modelEnd', time: Date.now(), model, ...trainee.ended });
  }

  #isSaveDue(): boolean {
    return performance.now() - this.#lastSave >= checkpointMilliseconds;
  }

  /** Takes the state now and writes it while training goes on; a write that failed ends the training at the next one. */
  async #save(trainee: Trainee): Promise<void> {
    const checkpoint = await trainee.snapshot();
    await this.#saving;
    this.#saving = this.journal.save(checkpoint);
    this.#saving.catch(() => {});
    this.#lastSave = performance.now();
  }

  /** Seconds since the last lap. */
  #lap(): number {
    const last = this.#lastLap;
    this.#lastLap = performance.now();
    return (this.#lastLap - last) / 1000;
  }

  #addTime(trainee: Trainee): void {
    const { cursor } = trainee;
    const seconds = cursor.running.seconds + this.#lap();
    trainee.cursor = { ...cursor, running: { ...cursor.running, seconds } };
  }

  #learningRate(step: number): number {
    const { schedule, learningRate, epochs, warmupEpochs } = this.spec;
    return learningRateAt(schedule, learningRate, step, {
      epochs,
      warmupEpochs,
      stepsPerEpoch: this.batches.batchesPerEpoch,
    });
  }
}

/** JSON has neither NaN nor infinities. */
const finite = (value: number) => (Number.isFinite(value) ? value : null);
