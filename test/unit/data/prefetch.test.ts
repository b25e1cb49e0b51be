import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { drawMoves } from '../../../src/core/data/augmentation';
import type { Dataset } from '../../../src/core/data/dataset';
import { shuffledOrder } from '../../../src/core/random';
import type { AugmentationSpec } from '../../../src/core/runs/hyperParameters';
import type { Batch } from '../../../src/core/training/batchSource';
import { PrefetchedBatches } from '../../../src/node/data/prefetch';

/** Image i is four pixels of the value i; its label is i mod 7. */
function numberedDataset(trainCount: number, validationCount: number): Dataset {
  const split = (count: number) => ({
    images: Uint8Array.from({ length: count * 4 }, (_, at) => at >> 2),
    labels: Uint8Array.from({ length: count }, (_, i) => i % 7),
    count,
  });
  return {
    name: 'numbers',
    classes: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
    imageShape: [2, 2, 1],
    train: split(trainCount),
    validation: split(validationCount),
    fingerprint: '',
    source: '',
    skipped: [],
  };
}

async function collect(batches: AsyncIterable<Batch>): Promise<{ items: number[]; sizes: number[] }> {
  const items: number[] = [];
  const sizes: number[] = [];
  for await (const { images, labels, count } of batches) {
    expect([images.length, labels.length]).toEqual([count * 4, count]);
    for (let i = 0; i < count; i++) {
      expect(new Set(images.subarray(i * 4, i * 4 + 4)).size).toBe(1);
      expect(labels[i]).toBe(images[i * 4]! % 7);
      items.push(images[i * 4]!);
    }
    sizes.push(count);
  }
  return { items, sizes };
}

describe('PrefetchedBatches', () => {
  let open: PrefetchedBatches | undefined;
  const batchesOf = (
    dataset: Dataset,
    batchSize: number,
    augmentation: AugmentationSpec = { flip: false, crop: null },
  ) => {
    open = new PrefetchedBatches(dataset, { batchSize, seed: 42, augmentation });
    return open;
  };
  afterEach(() => open?.close());

  it('visits every image once an epoch, in the order of seed and epoch, the last batch smaller', async () => {
    const batches = batchesOf(numberedDataset(100, 10), 16);
    expect(batches.batchesPerEpoch).toBe(7);
    for (const epoch of [1, 2]) {
      const { items, sizes } = await collect(batches.training(epoch, 0));
      expect(items).toEqual([...shuffledOrder(100, 42, epoch)]);
      expect(sizes).toEqual([16, 16, 16, 16, 16, 16, 4]);
    }
  });

  it('goes on in the middle of an epoch as if it had begun at its start', async () => {
    const batches = batchesOf(numberedDataset(100, 10), 16);
    const { items } = await collect(batches.training(3, 4));
    expect(items).toEqual([...shuffledOrder(100, 42, 3).subarray(64)]);
    expect((await collect(batches.training(3, 7))).items).toEqual([]);
  });

  it('takes all images as the batch where a larger one was asked for, and room for no more', async () => {
    const pixels = 512 * 512 * 3;
    const split = (count: number) => ({
      images: new Uint8Array(count * pixels),
      labels: new Uint8Array(count),
      count,
    });
    const large = { imageShape: [512, 512, 3], train: split(5), validation: split(3) } as const;
    const batches = batchesOf({ ...numberedDataset(5, 3), ...large }, 65_536);
    expect(batches.batchesPerEpoch).toBe(1);
    for (const [pass, count] of [
      [batches.training(1, 0), 5],
      [batches.validation(), 3],
    ] as const)
      for await (const batch of pass) {
        expect([batch.count, batch.images.length]).toEqual([count, count * pixels]);
        expect(batch.images.buffer.byteLength).toBe(5 * pixels);
      }
  });

  it('gives the validation images in their own order', async () => {
    const batches = batchesOf(numberedDataset(10, 37), 16);
    const { items, sizes } = await collect(batches.validation());
    expect(items).toEqual(Array.from({ length: 37 }, (_, i) => i));
    expect(sizes).toEqual([16, 16, 5]);
  });

  it('keeps a batch as it is until the next is asked for, however slow its user', async () => {
    const batches = batchesOf(numberedDataset(200, 10), 8);
    const order = shuffledOrder(200, 42, 1);
    let seen = 0;
    for await (const { images, count } of batches.training(1, 0)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      for (let i = 0; i < count; i++) expect(images[i * 4]).toBe(order[seen++]);
    }
    expect(seen).toBe(200);
  });

  it('mixes no two passes that run at once, and none that was left early', async () => {
    const batches = batchesOf(numberedDataset(200, 50), 8);
    for await (const _ of batches.training(9, 0)) break;
    const [one, two, held] = await Promise.all([
      collect(batches.training(1, 0)),
      collect(batches.training(2, 3)),
      collect(batches.validation()),
    ]);
    expect(one.items).toEqual([...shuffledOrder(200, 42, 1)]);
    expect(two.items).toEqual([...shuffledOrder(200, 42, 2).subarray(24)]);
    expect(held.items).toHaveLength(50);
  });

  it('moves each training image as it is drawn for its epoch and place, and no validation image', async () => {
    const [height, width, channels] = [4, 5, 3];
    const size = height * width * channels;
    const images = Uint8Array.from({ length: 40 * size }, (_, at) => 1 + (((at * 2654435761) >>> 24) % 255));
    const split = { images, labels: new Uint8Array(40), count: 40 };
    const dataset = { ...numberedDataset(0, 0), imageShape: [height, width, channels] as const };
    const augmentation = { flip: true, crop: 2 };
    const batches = batchesOf({ ...dataset, train: split, validation: split }, 16, augmentation);
    for (const epoch of [1, 2]) {
      const order = shuffledOrder(40, 42, epoch);
      const moves = drawMoves(augmentation, 42, epoch, order)!;
      let seen = 0;
      for await (const batch of batches.training(epoch, 0))
        for (let i = 0; i < batch.count; i++, seen++) {
          const [flipped, down, right] = moves.subarray(3 * seen, 3 * seen + 3);
          const source = (row: number, column: number, channel: number) =>
            row < 0 || row >= height || column < 0 || column >= width
              ? 0
              : images[order[seen]! * size + (row * width + column) * channels + channel]!;
          const expected = Uint8Array.from({ length: size }, (_, at) => {
            const [pixel, channel] = [Math.floor(at / channels), at % channels];
            const [row, column] = [Math.floor(pixel / width), pixel % width];
            return source(row + down!, (flipped ? width - 1 - column : column) + right!, channel);
          });
          expect(batch.images.slice(i * size, (i + 1) * size)).toEqual(expected);
        }
      expect(seen).toBe(40);
    }
    const held: number[] = [];
    for await (const batch of batches.validation()) held.push(...batch.images);
    expect(Uint8Array.from(held)).toEqual(images);
  });

  it('moves images in the middle of an epoch as if it had begun at its start', async () => {
    const pass = async (epoch: number, from: number) => {
      const batches = batchesOf(numberedDataset(100, 10), 16, { flip: true, crop: 1 });
      const bytes: number[] = [];
      for await (const batch of batches.training(epoch, from)) bytes.push(...batch.images);
      await batches.close();
      return bytes;
    };
    const whole = await pass(3, 0);
    expect(await pass(3, 4)).toEqual(whole.slice(4 * 16 * 4));
    expect(await pass(4, 0)).not.toEqual(whole);
  });

  it('ends a pass with an error once it is closed', async () => {
    const batches = batchesOf(numberedDataset(200, 50), 8);
    const pass = batches.training(1, 0);
    await pass.next();
    await batches.close();
    await expect(collect(pass)).rejects.toThrow('closed');
    await expect(collect(batches.training(1, 0))).rejects.toThrow(
      'The batches of this data set were closed.',
    );
  });

  it('lets nothing that is awaited after it was closed be forgotten', () => {
    const script = fileURLToPath(new URL('../support/closeBatches.ts', import.meta.url));
    expect(execFileSync(process.execPath, ['--import', 'tsx', script], { encoding: 'utf8' })).toBe('closed');
  });
});
