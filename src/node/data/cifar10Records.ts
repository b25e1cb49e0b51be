import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Split } from '../../core/data/dataset';
import { sharedBytes } from './sharedBytes';

/** The binary version of CIFAR-10: a record is a label and 32×32 pixels, first all red, then green, then blue. */
export const cifar10Classes = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;
export const trainFiles = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`);
export const testFile = 'test_batch.bin';
export const recordFiles = [...trainFiles, testFile];
const pixels = 32 * 32;
export const recordBytes = 1 + 3 * pixels;

/** Reads record files of one split, pixels put in N·H·W·C order. `recordsPerFile` is what each must hold. */
export async function readRecords(
  folder: string,
  files: readonly string[],
  recordsPerFile: number,
): Promise<Split> {
  const count = files.length * recordsPerFile;
  const images = sharedBytes(count * 3 * pixels);
  const labels = new Uint8Array(count);
  let at = 0;
  for (const [index, file] of files.entries()) {
    const records = await readFile(join(folder, file));
    for (let i = 0; i < recordsPerFile; i++) {
      const red = i * recordBytes + 1;
      labels[index * recordsPerFile + i] = records[red - 1]!;
      for (let pixel = red; pixel < red + pixels; pixel++) {
        images[at] = records[pixel]!;
        images[at + 1] = records[pixel + pixels]!;
        images[at + 2] = records[pixel + 2 * pixels]!;
        at += 3;
      }
    }
  }
  return { images, labels, count };
}

/** The inverse for one file: labels and images in H·W·C order to records. */
export function toRecords(images: Uint8Array, labels: readonly number[]): Uint8Array {
  const records = new Uint8Array(labels.length * recordBytes);
  for (const [i, label] of labels.entries()) {
    const red = i * recordBytes + 1;
    records[red - 1] = label;
    for (let pixel = 0, at = i * 3 * pixels; pixel < pixels; pixel++, at += 3) {
      records[red + pixel] = images[at]!;
      records[red + pixel + pixels] = images[at + 1]!;
      records[red + pixel + 2 * pixels] = images[at + 2]!;
    }
  }
  return records;
}
