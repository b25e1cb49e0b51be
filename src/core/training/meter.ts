import type { ModelId } from '../network/model';
import type { BatchEvent, EpochEvent, RunEvent } from '../runs/events';
import type { RunSpec } from '../runs/spec';
import type { LatestMetrics, TrainingPosition } from '../runs/trainingState';

/** The rate is taken over this much of the latest training. */
const windowMilliseconds = 3000;
const unknown: LatestMetrics = { loss: null, accuracy: null, valLoss: null, valAccuracy: null };

/** Follows a run's events. */
export class TrainingMeter {
  #current: { model: ModelId; epoch: number; batch: number } | null = null;
  readonly #metrics: Record<ModelId, LatestMetrics> = {};
  readonly #epochsDone = new Map<ModelId, number>();
  readonly #secondsPerEpoch = new Map<ModelId, number>();
  readonly #ended = new Set<ModelId>();
  /** Consecutive batches: when each was done. */
  #window: number[] = [];
  #imagesPerSecond = 0;

  constructor(
    private readonly spec: Pick<RunSpec, 'epochs' | 'batchSize'>,
    private readonly models: readonly ModelId[],
    private readonly batches: number,
  ) {}

  observe(event: RunEvent): void {
    if (event.type === 'batch') this.#observeBatch(event);
    else if (event.type === 'epoch') this.#observeEpoch(event);
    else if (event.type === 'modelEnd') this.#ended.add(event.model);
    else this.#window = [];
  }

  position(): TrainingPosition {
    const { models } = this;
    const { epochs } = this.spec;
    const { model = null, epoch = 0, batch = 0 } = this.#current ?? {};
    const left = models.map((each) => this.#epochsLeft(each));
    const seconds = models.map((each, i) => (left[i] === 0 ? 0 : (this.#secondsPerEpoch.get(each) ?? null)));
    return {
      model,
      epoch,
      epochs,
      batch,
      batches: this.batches,
      fraction: 1 - left.reduce((sum, each) => sum + each, 0) / (models.length * epochs),
      imagesPerSecond: this.#imagesPerSecond,
      secondsLeft: seconds.some((each) => each === null)
        ? null
        : seconds.reduce<number>((sum, each, i) => sum + each! * left[i]!, 0),
      metrics: { ...this.#metrics },
    };
  }

  #observeBatch({ model, epoch, batch, time, loss, accuracy }: BatchEvent): void {
    if (this.#current?.model !== model) this.#window = [];
    this.#current = { model, epoch, batch };
    this.#metrics[model] = { ...(this.#metrics[model] ?? unknown), loss, accuracy };
    this.#window.push(time);
    while (time - this.#window[0]! > windowMilliseconds && this.#window.length > 2) this.#window.shift();
    const span = time - this.#window[0]!;
    if (span <= 0) return;
    const perSecond = (1000 * (this.#window.length - 1)) / span;
    this.#imagesPerSecond = perSecond * this.spec.batchSize;
    // A first guess, until a whole epoch with its validation has been timed.
    if (!this.#epochsDone.has(model)) this.#secondsPerEpoch.set(model, this.batches / perSecond);
  }

  #observeEpoch({ model, epoch, loss, accuracy, valLoss, valAccuracy, seconds }: EpochEvent): void {
    this.#epochsDone.set(model, epoch);
    this.#secondsPerEpoch.set(model, seconds);
    this.#metrics[model] = { loss, accuracy, valLoss, valAccuracy };
    this.#window = [];
  }

  #epochsLeft(model: ModelId): number {
    if (this.#ended.has(model)) return 0;
    const done = this.#epochsDone.get(model) ?? 0;
    const current = this.#current;
    const within = current?.model === model && current.epoch > done ? current.batch / this.batches : 0;
    return Math.max(this.spec.epochs - done - within, 0);
  }
}
