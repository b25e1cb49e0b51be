import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fuzzImages } from '../support/fuzzImages';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution fuzz '));
});
afterAll(() => rm(folder, { recursive: true }));

it('reads any bytes as an image, or says of the file what is wrong with it', async () => {
  const before = process.memoryUsage.rss();
  const { images, reasons, residentBytes } = await fuzzImages({ seed: 8, count: 400, folder });
  // The damage is neither too little nor too much to tell anything.
  expect(images).toBeGreaterThan(40);
  expect([...reasons.values()].reduce((sum, times) => sum + times, 0)).toBe(400 - images);
  for (const reason of ['is truncated: the end of the image is missing', 'is damaged: its checksum is wrong'])
    expect(reasons.get(reason), reason).toBeGreaterThan(0);
  expect(residentBytes - before).toBeLessThan(2 * 1024 ** 3);
});
