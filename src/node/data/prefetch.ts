import { Worker } from 'node:worker_threads';
import * as l10n from '@vscode/l10n';
import { drawMoves, type Moves } from '../../core/data/augmentation';
import type { Dataset, ImageShape } from '../../core/data/dataset';
import { shuffledOrder } from '../../core/random';
import type { RunSpec } from '../../core/runs/spec';
import type { Batch, BatchSource } from '../../core/training/batchSource';
import { asShared, sharedBytes } from './sharedBytes';

type SplitName = 'train' | 'validation';
/** Memory for one batch of full size. */
type Slot = Pick<Batch, 'images' | 'labels'>;

interface Fill {
  resolve(): void;
  reject(reason: Error): void;
}

/** Batches that a thread assembles while the engine computes: the one in use, and these many ahead of it. */
const batchesAhead = 2;

/**
 * The batches of a data set, gathered ahead of time by a thread of their own. A batch is valid until the next one of
 * its pass is asked for. What a pass yields depends on nothing but seed, epoch, augmentation and first batch.
 */
export class PrefetchedBatches implements BatchSource {
  readonly imageShape: ImageShape;
  readonly batchesPerEpoch: number;
  readonly #thread: Worker;
  readonly #imageBytes: number;
  /** No more than there are images: as in Keras, a larger batch is all of them. */
  readonly #batchSize: number;
  readonly #idleSlots: Slot[] = [];
  readonly #fills = new Map<number, Fill>();
  #lastFill = 0;
  #ended: Error | null = null;

  constructor(
    private readonly dataset: Dataset,
    private readonly options: Pick<RunSpec, 'batchSize' | 'seed' | 'augmentation'>,
  ) {
    this.imageShape = dataset.imageShape;
    this.#batchSize = Math.min(options.batchSize, Math.max(dataset.train.count, dataset.validation.count));
    this.batchesPerEpoch = Math.ceil(dataset.train.count / options.batchSize);
    this.#imageBytes = dataset.imageShape.reduce((product, size) => product * size, 1);
    const shared = ({ images, labels }: Slot) => ({ images: asShared(images), labels: asShared(labels) });
    this.#thread = new Worker(new URL('./prefetchThread.mjs', import.meta.url), {
      workerData: {
        imageShape: dataset.imageShape,
        splits: { train: shared(dataset.train), validation: shared(dataset.validation) },
      },
    });
    // It keeps the process alive only while a batch is awaited.
    this.#thread.unref();
    this.#thread.on('message', (id: number) => this.#take(id)?.resolve());
    this.#thread.on('error', (error) =>
      this.#end(new Error(l10n.t('The thread that gathers batches failed: {0}', error.message))),
    );
    this.#thread.on('exit', (code) =>
      this.#end(new Error(l10n.t('The thread that gathers batches ended (exit code {0}).', code))),
    );
  }

  training(epoch: number, from: number): AsyncGenerator<Batch, void> {
    const { seed, augmentation } = this.options;
    const order = shuffledOrder(this.dataset.train.count, seed, epoch);
    return this.#pass('train', order, from, (places) => drawMoves(augmentation, seed, epoch, places));
  }

  validation(): AsyncGenerator<Batch, void> {
    return this.#pass(
      'validation',
      Uint32Array.from({ length: this.dataset.validation.count }, (_, i) => i),
      0,
      () => null,
    );
  }

  /** Ends the thread; passes under way reject. */
  async close(): Promise<void> {
    this.#end(new Error('The batches of this data set were closed.'));
    await this.#thread.terminate();
  }

  async *#pass(
    split: SplitName,
    order: Uint32Array,
    from: number,
    movesOf: (places: Uint32Array) => Moves | null,
  ): AsyncGenerator<Batch, void> {
    const batchSize = this.#batchSize;
    const ahead: { slot: Slot; batch: Promise<Batch> }[] = [];
    let next = from * batchSize;
    const ask = () => {
      if (next >= order.length) return;
      const slot = this.#idleSlots.pop() ?? this.#newSlot();
      const places = order.slice(next, next + batchSize);
      const batch = this.#fill(split, places, movesOf(places), slot);
      // A rejection is met where the batch is awaited, or nowhere when the pass was left before.
      batch.catch(() => {});
      ahead.push({ slot, batch });
      next += batchSize;
    };
    try {
      for (let i = 0; i < batchesAhead; i++) ask();
      while (ahead.length > 0) {
        ask();
        yield await ahead[0]!.batch;
        this.#idleSlots.push(ahead.shift()!.slot);
      }
    } finally {
      // The thread may still be writing to what was asked for and not waited for.
      for (const { slot, batch } of ahead) batch.finally(() => this.#idleSlots.push(slot)).catch(() => {});
    }
  }

  #newSlot(): Slot {
    return {
      images: sharedBytes(this.#batchSize * this.#imageBytes),
      labels: sharedBytes(this.#batchSize),
    };
  }

  #fill(split: SplitName, places: Uint32Array, moves: Moves | null, slot: Slot): Promise<Batch> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      const count = places.length;
      const batch = {
        images: slot.images.subarray(0, count * this.#imageBytes),
        labels: slot.labels.subarray(0, count),
      };
      const id = ++this.#lastFill;
      this.#fills.set(id, { resolve: () => resolve({ ...batch, count }), reject });
      this.#thread.ref();
      this.#thread.postMessage({ id, split, places, moves, batch });
    });
  }

  #take(id: number): Fill | undefined {
    const fill = this.#fills.get(id);
    // One that nobody waits for any more may arrive while the thread's end is awaited, which keeps the process alive too.
    if (this.#fills.delete(id) && this.#fills.size === 0) this.#thread.unref();
    return fill;
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const id of [...this.#fills.keys()]) this.#take(id)?.reject(this.#ended);
  }
}
