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
/** Of the official archive's files; those made of the npm mirror's pictures are the same to the byte. */
export const recordSha256: Readonly<Record<string, string>> = {
  'data_batch_1.bin': 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
  'data_batch_2.bin': 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
  'data_batch_3.bin': 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
  'data_batch_4.bin': '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
  'data_batch_5.bin': '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
  'test_batch.bin': '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
};
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
