/** Closes batches while some are on their way, and is at its end then. */
import { PrefetchedBatches } from '../../../src/node/data/prefetch';

const count = 4096;
const split = { images: new Uint8Array(count), labels: new Uint8Array(count), count };
for (let i = 0; i < 50; i++) {
  const batches = new PrefetchedBatches(
    {
      ...{ name: 'nothing', classes: ['a', 'b'], imageShape: [1, 1, 1], fingerprint: '', source: '' },
      ...{ train: split, validation: split, skipped: [] },
    },
    { batchSize: 1024, seed: 1, augmentation: { flip: false, crop: null } },
  );
  await batches.training(1, 0).next();
  await batches.close();
}
process.stdout.write('closed');
