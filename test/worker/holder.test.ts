import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listCheckpoints, readCheckpoint } from '../../src/node/runs/checkpoints';
import { EventTail } from '../../src/node/runs/eventTail';
import { Involution } from './support/involution';

// A test is several processes, and the wait for a sign of life.
vi.setConfig({ testTimeout: 300_000 });

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'involution holder '));
});
afterAll(() => rm(base, { recursive: true }));

const size =
  '--model involution --data shapes --train-count 300 --validation-count 50 --batch-size 16 --seed 5 --engine wasm';
const train = (runs: string, epochs: number) =>
  new Involution('train', ...size.split(' '), '--epochs', String(epochs), '--runs', join(base, runs));

/** Which steps the log tells, and the last weights, in base64. */
async function outcome(folder: string) {
  const tail = new EventTail(join(folder, 'events.jsonl'));
  const steps = (await tail.read()).flatMap((event) => (event.type === 'batch' ? [event.step] : []));
  expect(tail.invalidLines).toBe(0);
  const last = (await listCheckpoints(folder, 'involution')).at(-1)!;
  const { network } = await readCheckpoint(last);
  return { steps, weights: Buffer.from(network.weightData as ArrayBuffer).toString('base64') };
}

describe('of two that train one run', () => {
  it('the one that was suspended for long finds out and stops, and no step is doubled', async () => {
    const alone = train('alone', 20);
    expect(await alone.exit, alone.errors).toBe(0);
    const first = train('taken over', 20);
    await first.until(() => first.batches() >= 30);
    const { folder } = first;
    first.process.kill('SIGSTOP');
    // Where its process can't be looked up: as if it were in another container.
    const lock = join(folder, 'lock');
    const holder = JSON.parse(await readFile(lock, 'utf8'));
    await writeFile(lock, JSON.stringify({ ...holder, space: 'elsewhere' }));
    const second = new Involution('resume', folder);
    await second.until(() => second.batches() >= 30);
    expect(second.errors).toContain('Looking for a sign of life');
    first.process.kill('SIGCONT');
    expect(await first.exit).toBe(1);
    expect(first.errors).toMatch(
      /^involution: The run .* was taken over by process \d+ while this one gave no sign of life, so this one stopped\. Nothing is lost or doubled/m,
    );
    expect(await second.exit, second.errors).toBe(0);
    expect(await outcome(folder)).toEqual(await outcome(alone.folder));
    expect((await outcome(folder)).steps).toEqual(Array.from({ length: 380 }, (_, i) => i + 1));
    expect((await readdir(folder)).sort()).toEqual(['events.jsonl', 'involution', 'run.json']);
  });
});

describe('a training whose run folder', () => {
  it('is deleted stops, says so, and does not make it again', async () => {
    const training = train('deleted', 1000);
    await training.until(() => training.batches() >= 30);
    const { folder } = training;
    await rm(folder, { recursive: true, maxRetries: 5 });
    expect(await training.exit).toBe(1);
    expect(training.errors).toContain(`involution: The folder ${folder} was deleted, moved or replaced`);
    expect(existsSync(folder)).toBe(false);
  });

  it('is moved stops, and goes on where it is now', async () => {
    const training = train('moved', 20);
    await training.until(() => training.batches() >= 30);
    const { folder } = training;
    const now = join(base, 'moved', 'now here');
    await rename(folder, now);
    expect(await training.exit).toBe(1);
    expect(training.errors).toContain(`involution: The folder ${folder} was deleted, moved or replaced`);
    expect(existsSync(folder)).toBe(false);
    const resumed = new Involution('resume', now);
    expect(await resumed.exit, resumed.errors).toBe(0);
    expect((await outcome(now)).steps).toEqual(Array.from({ length: 380 }, (_, i) => i + 1));
    expect(await outcome(now)).toEqual(await outcome(await onlyRun('alone')));
  });
});

async function onlyRun(runs: string): Promise<string> {
  const names = (await readdir(join(base, runs))).filter((name) => !name.startsWith('.'));
  expect(names).toHaveLength(1);
  return join(base, runs, names[0]!);
}
