import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { resumeRun, startTraining } from '../../src/application/training/startTraining';
import { Random } from '../../src/core/random';
import { runFiles } from '../../src/core/runs/layout';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';
import { RunLock } from '../../src/node/runs/runLock';
import { arm, disarm, type Fault } from './support/faults.mjs';
import { leftovers, outcome, runsIn } from './support/outcome';
import { TrainingProcesses, tinySpec } from './support/tinyRuns';

/** Every change of every kind, or every so many-th from a first one by chance: a few minutes, or a quarter of an hour. */
const all = process.env.INVOLUTION_LAB_ALL_FAULTS === '1';
const which = all ? 'at every change of the disk' : 'at a sample of the changes of the disk';
const seed = Number(process.env.INVOLUTION_LAB_SEED ?? Math.floor(1e6 * Math.random()));

vi.setConfig({ testTimeout: 1_800_000 });

let base: string;
let engine: Engine;
let processes: TrainingProcesses;
let uninterrupted: Awaited<ReturnType<typeof outcome>>;
/** What the uninterrupted training did to the disk, in order. */
let changes: string[];

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'involution faults '));
  [engine, processes] = await Promise.all([startEngine('wasm'), TrainingProcesses.build()]);
  const runsFolder = await newFolder();
  arm({ below: runsFolder });
  await train(runsFolder);
  changes = disarm();
  const [folder] = await runsIn(runsFolder);
  uninterrupted = await outcome(folder!);
  expect(await leftovers(runsFolder)).toEqual([]);
});
afterAll(async () => {
  await processes[Symbol.asyncDispose]();
  await engine.dispose();
  await rm(base, { recursive: true });
});

const newFolder = () => mkdtemp(join(base, 'runs '));

async function train(runsFolder: string): Promise<void> {
  const session = await startTraining({ spec: tinySpec, runsFolder, startEngine: async () => engine });
  await session.done;
}

async function resume(runFolder: string): Promise<void> {
  const session = await resumeRun({ runFolder, startEngine: async () => engine });
  await session.done;
}

/** From 1: all, or a stratified sample of about so many, those in the middle of writing something included. */
function sampled(count: number, about: number): number[] {
  const stride = all ? 1 : Math.max(1, Math.floor(count / about));
  const first = seed % stride;
  return Array.from({ length: Math.ceil((count - first) / stride) }, (_, i) => 1 + first + i * stride);
}

/** Several at a time: they wait for the disk, and for processes to start. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
}

/** Resumes what there is and compares it with the uninterrupted training. */
async function expectRecovered(runsFolder: string, what: string): Promise<void> {
  const runs = await runsIn(runsFolder);
  expect(runs.length, what).toBeLessThanOrEqual(1);
  // It ended before there was a run: the next training leaves nothing behind of it.
  if (runs.length === 0) await train(runsFolder);
  else
    await resume(runs[0]!).catch((error: Error) =>
      // It ended after the last thing that it had to do.
      expect(error.message, what).toContain('is complete: there is nothing to resume'),
    );
  const [folder] = await runsIn(runsFolder);
  expect(await outcome(folder!), what).toEqual(uninterrupted);
  expect(await leftovers(runsFolder), what).toEqual([]);
  await rm(runsFolder, { recursive: true });
}

describe(`a training, seed ${seed}`, () => {
  it('changes the disk as often as this test believes', () => {
    expect(changes.filter((change) => change.startsWith('rename')).length).toBeGreaterThan(6);
    expect(changes.length).toBeGreaterThan(80);
  });

  it.each(['kill', 'torn'] as const)(
    `that is killed (%s) ${which} ends as the uninterrupted one`,
    async (kind) => {
      const hit = new Set<string | number>();
      await each(sampled(changes.length, 24), async (at) => {
        const runsFolder = await newFolder();
        const end = await processes.train(runsFolder, tinySpec, { at, kind });
        hit.add(end);
        expect([0, 'SIGKILL']).toContain(end);
        await expectRecovered(runsFolder, `${kind} at ${at}: ${changes[at - 1]}`);
      });
      expect(hit).toContain('SIGKILL');
    },
  );

  it('that is killed again and again at random moments, while resuming too, ends as the uninterrupted one', async () => {
    const runsFolder = await newFolder();
    const random = new Random(seed);
    const story: string[] = [];
    let end = await processes.train(runsFolder, tinySpec, {
      at: 1 + (random.uint32() % changes.length),
      kind: 'kill',
    });
    for (let kill = 1; kill <= 6; kill++) {
      story.push(String(end));
      const [folder] = await runsIn(runsFolder);
      if (!folder || end === 0) break;
      end = await processes.resume(folder, { at: 1 + (random.uint32() % 30), kind: 'kill' });
    }
    await expectRecovered(runsFolder, story.join(', '));
  });

  it(`whose disk is full ${which} says so and what helps, and goes on when there is room`, async () => {
    let failures = 0;
    for (const at of sampled(changes.length, 30)) {
      const runsFolder = await newFolder();
      const what = `full at ${at}: ${changes[at - 1]}`;
      const error = await withFault({ below: runsFolder, at, kind: 'full' }, async () => {
        const first = await failure(train(runsFolder));
        const [folder] = await runsIn(runsFolder);
        // Still full: it can't be resumed, and nobody seems to train it.
        const second = folder && first ? await failure(resume(folder)) : null;
        if (second) {
          expect(second.message, what).not.toContain('is being trained');
          expect(await leftovers(runsFolder), what).toEqual([]);
        }
        return first;
      });
      if (error) {
        failures++;
        expect(error.message, what).toMatch(
          /^\/.*runs .* can't be (written|made): the disk is full\. Make room\. Then (try again|resume the run \(involution resume\))\.$/,
        );
      }
      await expectRecovered(runsFolder, what);
    }
    expect(failures).toBeGreaterThan(10);
  });

  it('goes on where the file system refuses to sync folders', async () => {
    const runsFolder = await newFolder();
    await withFault({ below: runsFolder, refusedFolderSync: 'EIO' }, () => train(runsFolder));
    await expectRecovered(runsFolder, 'without syncs of folders');
  });

  it(`whose disk has a fault ${which} names the file, or goes on`, async () => {
    for (const at of sampled(changes.length, 30)) {
      const runsFolder = await newFolder();
      const what = `fault at ${at}: ${changes[at - 1]}`;
      const error = await withFault({ below: runsFolder, at, kind: 'fault' }, () =>
        failure(train(runsFolder)),
      );
      if (error)
        expect(error.message, what).toMatch(
          /^\/.*runs .*the disk reports a fault\. Check the disk and its connection\. Then /,
        );
      await expectRecovered(runsFolder, what);
    }
  });
});

describe('a lock', () => {
  const taken = async (folder: string) => (await RunLock.acquire(folder)).release();

  /** Of a process that is no more, on this machine. */
  async function leaveLock(folder: string): Promise<void> {
    const lock = await RunLock.acquire(folder);
    const path = join(folder, runFiles.lock);
    const holder = JSON.parse(await readFile(path, 'utf8'));
    await lock.release();
    await writeFile(path, JSON.stringify({ ...holder, pid: 2 ** 22 + 1 }));
  }

  it.each([
    ['that nobody has', async () => {}],
    ['that a dead process left', leaveLock],
  ])('%s can be taken after whichever of the changes that this takes has failed', async (_, prepare) => {
    const folder = await newFolder();
    await prepare(folder);
    arm({ below: folder });
    await taken(folder);
    const count = disarm().length;
    expect(count).toBeGreaterThan(3);
    for (let at = 1; at <= count; at++) {
      await prepare(folder);
      await withFault({ below: folder, at, kind: 'fault' }, () => failure(taken(folder)));
      await taken(folder);
      await expect(readFile(join(folder, runFiles.lock)), `fault at ${at}`).rejects.toThrow('ENOENT');
    }
  });
});

async function withFault<T>(fault: Fault, work: () => Promise<T>): Promise<T> {
  arm(fault);
  try {
    return await work();
  } finally {
    disarm();
  }
}

const failure = (work: Promise<unknown>): Promise<Error | null> =>
  work.then(
    () => null,
    (error: Error) => error,
  );
