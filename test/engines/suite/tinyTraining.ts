import type { ImageShape } from '../../../src/core/data/dataset';
import { buildNetwork } from '../../../src/core/network/build';
import { expandModels, type ModelId } from '../../../src/core/network/model';
import { presetNetwork } from '../../../src/core/network/presets/presets';
import { Random, shuffledOrder } from '../../../src/core/random';
import type { RunEvent } from '../../../src/core/runs/events';
import type { OptimizerSpec } from '../../../src/core/runs/hyperParameters';
import type { RunSpec } from '../../../src/core/runs/spec';
import type { Batch, BatchSource } from '../../../src/core/training/batchSource';
import { type Checkpoint, Trainee } from '../../../src/core/training/trainee';
import type { Journal } from '../../../src/core/training/trainer';

export const tinyShape: ImageShape = [8, 8, 3];
export const tinyClasses = 3;

/** Images whose mean colour tells their class, roughly. */
function tinyImages(count: number, seed: number): Batch {
  const random = new Random(seed);
  const labels = Uint8Array.from({ length: count }, () => random.below(tinyClasses));
  const images = new Uint8Array(count * 8 * 8 * 3);
  for (let i = 0; i < images.length; i++) {
    const label = labels[Math.floor(i / (8 * 8 * 3))]!;
    images[i] = random.below(100) + (i % 3 === label ? 150 : 0);
  }
  return { images, labels, count };
}

/** 10 training images in batches of 4 (so the last one is smaller), 6 for validation. */
export class TinyBatches implements BatchSource {
  readonly imageShape = tinyShape;
  readonly batchesPerEpoch = 3;
  readonly #train = tinyImages(10, 1);
  readonly #validation = tinyImages(6, 2);

  async *training(epoch: number, from: number): AsyncGenerator<Batch> {
    const order = shuffledOrder(10, 7, epoch);
    for (let start = 4 * from; start < 10; start += 4)
      yield this.#gather(this.#train, order.subarray(start, start + 4));
  }

  async *validation(): AsyncGenerator<Batch> {
    yield this.#gather(this.#validation, Uint32Array.of(0, 1, 2, 3));
    yield this.#gather(this.#validation, Uint32Array.of(4, 5));
  }

  #gather({ images, labels }: Batch, indices: Uint32Array): Batch {
    const size = 8 * 8 * 3;
    const gathered = {
      images: new Uint8Array(indices.length * size),
      labels: new Uint8Array(indices.length),
    };
    indices.forEach((index, i) => {
      gathered.images.set(images.subarray(index * size, (index + 1) * size), i * size);
      gathered.labels[i] = labels[index]!;
    });
    return { ...gathered, count: indices.length };
  }
}

export function tinyTrainee(model: ModelId, optimizer: OptimizerSpec = { kind: 'adam' }): Trainee {
  return new Trainee(
    model,
    buildNetwork(presetNetwork(model), { inputShape: tinyShape, classes: tinyClasses, seed: 3 }),
    optimizer,
  );
}

export const tinySpec = {
  data: { kind: 'shapes', trainCount: 10, validationCount: 10 },
  models: expandModels(['involution']),
  epochs: 2,
  batchSize: 4,
  optimizer: { kind: 'adam' },
  learningRate: 1e-2,
  schedule: { kind: 'constant' },
  warmupEpochs: 0,
  labelSmoothing: 0,
  augmentation: { flip: false, crop: null },
  clipNorm: null,
  earlyStoppingPatience: null,
  seed: 7,
  engine: 'cpu',
} satisfies RunSpec;

/** A journal in memory. */
export class MemoryJournal implements Journal {
  readonly events: RunEvent[] = [];
  readonly checkpoints: Checkpoint[] = [];

  constructor(private readonly onEvent: (event: RunEvent) => void = () => {}) {}

  log(event: RunEvent): void {
    this.events.push(event);
    this.onEvent(event);
  }

  async save(checkpoint: Checkpoint): Promise<void> {
    this.checkpoints.push(checkpoint);
  }

  /** "batch involution 1.2", "epoch involution 1", "end involution finished" … */
  get story(): string[] {
    return this.events.map((event) => {
      if (event.type === 'status') return event.state;
      if (event.type === 'batch') return `batch ${event.model} ${event.epoch}.${event.batch}`;
      if (event.type === 'epoch') return `epoch ${event.model} ${event.epoch}`;
      return `end ${event.model} ${event.reason}`;
    });
  }
}
