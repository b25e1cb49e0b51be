import type { ImageShape } from '../data/dataset';

/** Some images of a data set, gathered: bytes 0…255 in N·H·W·C order and a class number each. */
export interface Batch {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly count: number;
}

/** Where the trainer gets its batches. The last batch of a pass may be smaller. */
export interface BatchSource {
  readonly imageShape: ImageShape;
  readonly batchesPerEpoch: number;
  /** The batches of an epoch (from 1) in its own seeded order, beginning with batch `from` (from 0). */
  training(epoch: number, from: number): AsyncIterable<Batch>;
  /** Every validation image once, in order. */
  validation(): AsyncIterable<Batch>;
}
