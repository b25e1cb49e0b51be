import { createHash } from 'node:crypto';
import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memory, ones, type Tensor } from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resumeRun, startTraining } from '../../src/application/training/startTraining';
import type { RunSpecInput } from '../../src/core/runs/spec';
import type { TrainingState } from '../../src/core/runs/trainingState';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';
import {
  findCheckpoint,
  listCheckpoints,
  loadNetwork,
  readCheckpoint,
} from '../../src/node/runs/checkpoints';
import { readRun } from '../../src/node/runs/runList';
import { writeCheckpoint } from '../../src/node/runs/writeCheckpoint';
import { modelFolder } from '../unit/support/modelFolder';

const spec: RunSpecInput = {
  data: { kind: 'shapes', trainCount: 60, validationCount: 20 },
  models: ['involution'],
  epochs: 4,
  batchSize: 16,
  seed: 5,
  engine: 'wasm',
};

/** A machine may be busy. */
const patiently = { timeout: 30_000 };

let base: string;
let engine: Engine;
/** Complete. */
let original: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'involution damage '));
  engine = await startEngine('wasm');
  const session = await startTraining({ spec, runsFolder: base, startEngine: async () => engine });
  expect(await session.done).toMatchObject({ state: 'done', message: '' });
  original = session.runFolder;
});
afterAll(async () => {
  await engine.dispose();
  await rm(base, { recursive: true });
});

let copies = 0;
/** The run as it was when it was killed right after the checkpoint of its last epoch. */
async function killedCopy(): Promise<string> {
  const folder = join(base, `copy ${copies++}`);
  await cp(original, folder, { recursive: true });
  const path = join(folder, 'events.jsonl');
  const lines = (await readFile(path, 'utf8')).split('\n');
  const end = lines.findIndex((line) => line.includes('"modelEnd"'));
  await writeFile(path, `${lines.slice(0, end).join('\n')}\n`);
  return folder;
}

async function resumed(runFolder: string): Promise<string[]> {
  const notices: string[] = [];
  const onNotice = (line: string) => notices.push(line);
  const session = await resumeRun({ runFolder, startEngine: async () => engine, onNotice });
  expect((await session.done).state).toBe('done');
  return notices;
}

const weightsOf = async (folder: string) => readFile(join(folder, 'involution/epoch-0004/weights.bin'));

async function damage(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[100]! ^= 1;
  await writeFile(path, bytes);
}

describe('resuming', () => {
  it('needs no more than the newest checkpoint', async () => {
    const folder = await killedCopy();
    expect(await resumed(folder)).toEqual([]);
    expect((await readRun(folder)).overview).toMatchObject({
      state: 'done',
      models: { involution: { epochs: 4 } },
    });
  });

  it.each(['weights.bin', 'optimizer.bin', 'model.json'])(
    'falls back to the checkpoint before when one bit of %s is wrong, and says so',
    async (file) => {
      const folder = await killedCopy();
      const path = join(folder, 'involution/epoch-0004', file);
      await damage(path);
      expect(await resumed(folder)).toEqual([
        `${path} is damaged. Going on from the checkpoint before it, involution/epoch-0003.`,
      ]);
      expect((await weightsOf(folder)).equals(await weightsOf(original))).toBe(true);
      const [log, expected] = await Promise.all(
        [folder, original].map(async (run) =>
          (await readFile(join(run, 'events.jsonl'), 'utf8')).match(/"type":"(batch|epoch|modelEnd)"/g),
        ),
      );
      expect(log).toEqual(expected);
    },
  );

  it('falls back when a file is missing, or the cursor is rubbish', async () => {
    const folder = await killedCopy();
    const newest = join(folder, 'involution/epoch-0004');
    await rm(join(newest, 'weights.bin'));
    expect((await resumed(folder))[0]).toContain(`${join(newest, 'weights.bin')} is missing.`);
    const other = await killedCopy();
    await writeFile(join(other, 'involution/epoch-0004/cursor.json'), '{"cursor": 7}');
    expect((await resumed(other))[0]).toContain('cursor.json is damaged.');
  });

  it('is refused when no checkpoint can be used, and says what is wrong with each', async () => {
    const folder = await killedCopy();
    for (const epoch of [3, 4]) await damage(join(folder, `involution/epoch-000${epoch}/weights.bin`));
    await expect(resumed(folder)).rejects.toThrow(
      /^The involution model in .* can't be trained on from any checkpoint: \S.*epoch-0004\/weights\.bin is damaged; \S.*epoch-0003\/weights\.bin is damaged\. Its networks of the epochs 0, 1, 2 are whole, to evaluate, to look at and to export \(--checkpoint 2\)\. Restore the damaged files from a copy and resume, or train a new run with the same settings/,
    );
    // And may be tried again: nobody holds the lock.
    await expect(resumed(folder)).rejects.toThrow("can't be trained on from any checkpoint");
  });

  it('is refused without a word of epochs when no network is whole', async () => {
    const folder = await killedCopy();
    for (const { folder: stored } of await listCheckpoints(folder, 'involution'))
      await damage(join(stored, 'weights.bin'));
    await expect(resumed(folder)).rejects.toThrow(
      /epoch-0003\/weights\.bin is damaged\. Restore the damaged files from a copy and resume, or train a new run/,
    );
  });

  it('is refused on other data', async () => {
    const folder = await killedCopy();
    const path = join(folder, 'run.json');
    await writeFile(
      path,
      (await readFile(path, 'utf8')).replace(
        '"trainCount": 60,\n      "validation',
        '"trainCount": 61,\n      "validation',
      ),
    );
    await expect(resumed(folder)).rejects.toThrow(
      /The data of the run .* has changed since it began: more images: 61 to train and 20 to validate with, then 60 and 20\. Bring it back as it was, or train a new run\./,
    );
  });

  it('says that lines of the log were lost', async () => {
    const folder = await killedCopy();
    await writeFile(join(folder, 'events.jsonl'), '');
    expect(await resumed(folder)).toEqual([
      'The event log lacks the steps 1 to 16 of the involution model: lines were lost. Its curves will show a gap.',
    ]);
  });

  it('ends a run that the disk failed after its last step', async () => {
    const folder = join(base, `copy ${copies++}`);
    await cp(original, folder, { recursive: true });
    const failed = { type: 'status', time: 1, state: 'failed', message: 'The disk reports a fault.' };
    await appendFile(join(folder, 'events.jsonl'), `${JSON.stringify(failed)}\n`);
    expect((await readRun(folder)).overview.state).toBe('failed');
    expect(await resumed(folder)).toEqual([]);
    expect((await readRun(folder)).overview.state).toBe('done');
    await expect(resumed(folder)).rejects.toThrow('is complete: there is nothing to resume.');
  });

  it('is refused when the run is complete', async () => {
    await expect(resumed(original)).rejects.toThrow('is complete: there is nothing to resume.');
  });
});

describe('a checkpoint', () => {
  it('is loaded by plain tf.loadLayersModel, and is the network', async () => {
    const [stored] = (await listCheckpoints(original, 'involution')).slice(-1);
    const images = ones([2, 32, 32, 3]);
    const outputs: Tensor[] = [];
    for (const network of [await loadLayersModel(modelFolder(stored!.folder)), await loadNetwork(stored!)]) {
      outputs.push(network.predict(images) as Tensor);
      network.dispose();
    }
    const [first, second] = await Promise.all(outputs.map((output) => output.data()));
    expect(first).toEqual(second);
    expect(new Set(first).size).toBeGreaterThan(1);
    for (const tensor of [images, ...outputs]) tensor.dispose();
  });

  it('of a step that is stored already is not written again', async () => {
    const [stored] = (await listCheckpoints(original, 'involution')).slice(-1);
    const before = await readFile(join(stored!.folder, 'cursor.json'), 'utf8');
    await writeCheckpoint(original, await readCheckpoint(stored!));
    expect(await readFile(join(stored!.folder, 'cursor.json'), 'utf8')).toBe(before);
    expect(await readdir(join(original, 'involution'))).toHaveLength(5);
  });

  it('is found by its epoch, as the last and as the best', async () => {
    const stored = await listCheckpoints(original, 'involution');
    expect(await findCheckpoint(original, 'involution', 'last')).toEqual(stored[4]);
    expect(await findCheckpoint(original, 'involution', 2)).toEqual(stored[2]);
    const { best } = (await readCheckpoint(stored[4]!)).cursor;
    expect(await findCheckpoint(original, 'involution', 'best')).toEqual(stored[best!.epoch]);
    await expect(findCheckpoint(original, 'involution', 9)).rejects.toThrow(
      'has no checkpoint of epoch 9; there are 0, 1, 2, 3, 4.',
    );
    await expect(findCheckpoint(original, 'convolution', 'last')).rejects.toThrow('has no checkpoint yet.');
  });

  it('keeps the network of every epoch, and what a resume needs of the last two', async () => {
    const stored = await listCheckpoints(original, 'involution');
    expect(stored.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4]);
    const resumable = await Promise.allSettled(stored.map(readCheckpoint));
    expect(resumable.map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    const networks = await Promise.all(stored.map(loadNetwork));
    for (const network of networks) network.dispose();
  });
});

describe('a session', () => {
  it('tells its state from the preparation to the end, and leaves no tensor behind', async () => {
    const before = memory().numTensors;
    const states: TrainingState[] = [];
    const session = await startTraining({
      spec,
      runsFolder: base,
      startEngine: async () => engine,
      onState: (state) => states.push(state),
    });
    await session.done;
    const order = states.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1]);
    expect(order).toEqual(['preparing', 'training', 'done']);
    expect(states[0]).toMatchObject({ runFolder: null, message: 'Starting the engine' });
    expect(states.at(-1)).toMatchObject({
      ...{ runFolder: session.runFolder, fraction: 1, epoch: 4, epochs: 4, batches: 4, message: '' },
      ...{ engine: { name: 'wasm', reason: 'chosen' }, secondsLeft: 0 },
    });
    expect(memory().numTensors).toBe(before);
  });

  it('pauses, continues and stops; then the run can be resumed', async () => {
    const states: string[] = [];
    const long = { ...spec, epochs: 1000 };
    const session = await startTraining({
      ...{ spec: long, runsFolder: base, startEngine: async () => engine },
      onState: ({ state }) => states.push(state),
    });
    session.pause();
    await expect.poll(() => states.at(-1), patiently).toBe('paused');
    const state = async () => (await readRun(session.runFolder)).overview.state;
    await expect.poll(state, patiently).toBe('paused');
    session.continue();
    await expect.poll(() => states.at(-1), patiently).toBe('training');
    await session.stop();
    expect(states.slice(-2)).toEqual(['saving', 'stopped']);
    expect(await session.done).toMatchObject({ state: 'stopped' });
    expect(await state()).toBe('stopped');
    const controller = new AbortController();
    const again = await resumeRun({
      ...{ runFolder: session.runFolder, startEngine: async () => engine, signal: controller.signal },
      onEvent: () => controller.abort(),
    });
    expect(await again.done).toMatchObject({ state: 'stopped' });
  });

  it('fails when a loss is not finite, names the step and what helps, and is over then', async () => {
    const folder = await killedCopy();
    const newest = join(folder, 'involution/epoch-0003');
    await rm(join(folder, 'involution/epoch-0004'), { recursive: true });
    const notANumber = Buffer.alloc((await readFile(join(newest, 'weights.bin'))).length, 0xff);
    await writeFile(join(newest, 'weights.bin'), notANumber);
    const record = JSON.parse(await readFile(join(newest, 'cursor.json'), 'utf8'));
    record.sha256['weights.bin'] = createHash('sha256').update(notANumber).digest('hex');
    await writeFile(join(newest, 'cursor.json'), JSON.stringify(record));
    const session = await resumeRun({ runFolder: folder, startEngine: async () => engine });
    const message =
      'The loss of the Involution model is not finite at step 13 (epoch 4). Lower the learning rate, or clip gradients (--clip-norm 1).';
    expect(await session.done).toMatchObject({ state: 'failed', message });
    expect((await readRun(folder)).overview).toMatchObject({ state: 'failed', message });
    expect(await readFile(join(folder, 'events.jsonl'), 'utf8')).toContain(
      '"reason":"not-finite","epoch":4,"step":13',
    );
    await expect(resumed(folder)).rejects.toThrow('is complete: there is nothing to resume.');
  });

  it('can be given up while it prepares', async () => {
    const controller = new AbortController();
    const starting = startTraining({
      ...{ spec, runsFolder: join(base, 'given up'), signal: controller.signal },
      startEngine: async () => {
        controller.abort(new Error('Given up.'));
        return engine;
      },
    });
    await expect(starting).rejects.toThrow('Given up.');
    expect(await readRun(join(base, 'given up')).catch((error: Error) => error.message)).toContain(
      'is not a run',
    );
  });

  it('refuses a spec that makes no sense, value by value', async () => {
    const starting = startTraining({
      spec: { ...spec, epochs: 0, learningRate: -1, models: ['involution', 'redent'] },
      runsFolder: base,
      startEngine: async () => engine,
    });
    await expect(starting).rejects.toThrow("This can't be trained: ");
    await expect(starting).rejects.toThrow('epochs must be >=1, not 0; learningRate must be >0, not -1.');
  });
});
