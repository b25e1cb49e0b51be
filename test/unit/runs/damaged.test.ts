import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateCheckpoint } from '../../../src/application/evaluateCheckpoint';
import { findInvolutionNetwork } from '../../../src/application/kernels/involutionNetwork';
import { type ExportFormat, exportFormats } from '../../../src/core/runs/exportFormats';
import { loadDataset } from '../../../src/node/data/loadDataset';
import { exportModel } from '../../../src/node/export/exportModel';
import {
  type CheckpointChoice,
  findCheckpoint,
  loadNetwork,
  readCheckpoint,
} from '../../../src/node/runs/checkpoints';
import { TrainedRun } from '../support/trainedRun';

let trained: TrainedRun;
beforeAll(async () => {
  trained = await TrainedRun.train({ models: ['involution'], epochs: 3 });
});
afterAll(() => trained[Symbol.asyncDispose]());

const damages: Record<string, (path: string) => Promise<void>> = {
  'one flipped bit in': async (path) => {
    const bytes = await readFile(path);
    // In the record a digit: it stays a record.
    const step = bytes.indexOf('"step":');
    bytes[step < 0 ? bytes.length >> 1 : step + 7]! ^= 1;
    await writeFile(path, bytes);
  },
  'the second half missing of': async (path) => truncate(path, (await readFile(path)).length >> 1),
  'nothing left in': (path) => truncate(path, 0),
  'another file in the place of': (path) => writeFile(path, '{"name":"x"}'),
};
const files = ['weights.bin', 'model.json', 'cursor.json'];

describe.each(Object.keys(damages))('with %s', (damage) => {
  it.each(files)('%s no reader uses the checkpoint, and each says which can be used', async (file) => {
    const run = await trained.copy();
    const path = join(run, 'involution/epoch-0003', file);
    await damages[damage]!(path);
    const expected = `${path} is damaged. Choose another checkpoint: those of the epochs 0, 1, 2 are whole.`;
    const last = await findCheckpoint(run, 'involution', 'last');
    const images = await loadDataset({ kind: 'shapes', trainCount: 10, validationCount: 10 }, { seed: 5 });
    await expect(loadNetwork(last)).rejects.toThrow(expected);
    await expect(evaluateCheckpoint(last, 'involution', images)).rejects.toThrow(expected);
    const network = await findInvolutionNetwork({ runFolder: run, model: null, epoch: null });
    await expect(network.load()).rejects.toThrow(expected);
    for (const format of Object.keys(exportFormats) as ExportFormat[]) {
      const into = await mkdtemp(join(trained.base, 'into '));
      const target = join(into, `inn${exportFormats[format].ending}`);
      await expect(exportModel(run, 'involution', format, target)).rejects.toThrow(expected);
      expect(await readdir(into)).toEqual([]);
      // The epoch before is whole.
      expect(
        (await exportModel(run, 'involution', format, target, { checkpoint: 2 })).length,
      ).toBeGreaterThan(0);
    }
  });
});

describe('what a checkpoint keeps of the optimizer', () => {
  const last = 'involution/epoch-0003';
  async function rewritten(change: (record: Record<string, unknown>) => void): Promise<string> {
    const run = await trained.copy();
    const path = join(run, last, 'cursor.json');
    const record = JSON.parse(await readFile(path, 'utf8'));
    change(record);
    await writeFile(path, JSON.stringify(record));
    return run;
  }
  const read = async (run: string) => readCheckpoint(await findCheckpoint(run, 'involution', 'last'));

  it('is named in its record, and Adam’s where an earlier version named nothing', async () => {
    const { slots } = await read(trained.folder);
    expect(Object.keys(slots)).toEqual(['m', 'v']);
    const run = await rewritten((record) => {
      expect(record.slots).toEqual(['m', 'v']);
      delete record.slots;
    });
    expect((await read(run)).slots).toEqual(slots);
  });

  it('is damaged where it is no whole number of values for each name', async () => {
    for (const cut of [1, 4]) {
      const bytes = (await readFile(join(trained.folder, last, 'optimizer.bin'))).subarray(cut);
      const run = await rewritten((record) => {
        const hashes = record.sha256 as Record<string, string>;
        hashes['optimizer.bin'] = createHash('sha256').update(bytes).digest('hex');
      });
      const path = join(run, last, 'optimizer.bin');
      await writeFile(path, bytes);
      await expect(read(run)).rejects.toThrow(`${path} is damaged`);
    }
  });

  it('of another optimizer is not trained on with', async () => {
    const run = await rewritten((record) => {
      record.slots = ['velocity'];
    });
    await rm(join(run, 'events.jsonl'));
    await expect(trained.resume(run)).rejects.toThrow(
      'The optimizer that was saved remembers velocity; adam needs m, v. It belongs to another run.',
    );
  });
});

describe('a finished run', () => {
  it('whose last network is damaged or missing is trained to its end again, to the same bits', async () => {
    const weights = join('involution', 'epoch-0003', 'weights.bin');
    const story = async (run: string) =>
      (await readFile(join(run, 'events.jsonl'), 'utf8')).match(/"type":"(?:batch|epoch|modelEnd)"/g);
    for (const spoil of ['missing', 'damaged']) {
      const run = await trained.copy();
      if (spoil === 'damaged') await damages['one flipped bit in']!(join(run, weights));
      else await rm(join(run, 'involution', 'epoch-0003'), { recursive: true });
      expect((await trained.resume(run))[0]).toBe(
        `The event log says that the involution model has ended, but the network of its epoch 3 is ${spoil}: what is missing is trained again.`,
      );
      expect((await readFile(join(run, weights))).equals(await readFile(join(trained.folder, weights)))).toBe(
        true,
      );
      expect(await story(run)).toEqual(await story(trained.folder));
      await expect(trained.resume(run)).rejects.toThrow('is complete: there is nothing to resume');
    }
  });

  it('whose last networks are missing is evaluated with the newest, which is said', async () => {
    const run = await trained.copy();
    const images = await loadDataset({ kind: 'shapes', trainCount: 10, validationCount: 10 }, { seed: 5 });
    const evaluated = async (choice: CheckpointChoice) =>
      evaluateCheckpoint(await findCheckpoint(run, 'involution', choice), 'involution', images);
    expect(await evaluated('last')).toMatchObject({ epoch: 3, missing: '' });
    for (const epoch of [1, 2, 3]) await rm(join(run, `involution/epoch-000${epoch}`), { recursive: true });
    expect(await evaluated('last')).toMatchObject({
      epoch: 0,
      missing:
        'The event log tells of 3 epochs of the involution model, but its newest checkpoint is of epoch 0: that one is used. Resume the run to train the missing ones again.',
    });
  });

  it('with no whole network at all says that', async () => {
    const run = await trained.copy();
    for (const epoch of [0, 1, 2, 3])
      await truncate(join(run, `involution/epoch-000${epoch}/weights.bin`), 7);
    await expect(loadNetwork(await findCheckpoint(run, 'involution', 1))).rejects.toThrow(
      'No checkpoint of this model is whole. Restore the files from a copy, or train again.',
    );
  });
});
