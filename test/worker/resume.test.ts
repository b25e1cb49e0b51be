import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../src/core/runs/events';
import { exampleModels } from '../../src/core/runs/spec';
import { listCheckpoints, readCheckpoint } from '../../src/node/runs/checkpoints';
import { EventTail } from '../../src/node/runs/eventTail';
import { readRun } from '../../src/node/runs/runList';
import { Involution } from './support/involution';

/** Both models, 2 × 3 epochs of 19 steps: some seconds. */
const training =
  '--data shapes --train-count 300 --validation-count 50 --batch-size 16 --epochs 3 --seed 5 --engine wasm';

// A test is up to five processes, one after another; on a busy machine each takes its time to start.
vi.setConfig({ testTimeout: 300_000 });

let base: string;
let uninterrupted: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'involution resume '));
  uninterrupted = await trained(start('uninterrupted'));
});
afterAll(() => rm(base, { recursive: true }));

const start = (runs: string) => new Involution('train', ...training.split(' '), '--runs', join(base, runs));
const resume = (folder: string) => new Involution('resume', folder);

async function trained(command: Involution): Promise<string> {
  expect(await command.exit, command.errors).toBe(0);
  expect(command.lines.at(-1)).toMatchObject({ type: 'done', folder: command.folder });
  return command.folder;
}

/** Weights and optimizer of a model's last checkpoint, and where it stands; seconds differ. */
async function finalState(folder: string, model: (typeof exampleModels)[number]) {
  const stored = (await listCheckpoints(folder, model)).at(-1)!;
  const { network, slots, cursor } = await readCheckpoint(stored);
  const bits = [
    network.weightData as ArrayBuffer,
    ...Object.values(slots).map((slot) => slot.slice().buffer),
  ];
  return {
    bits: bits.map((buffer) => Buffer.from(buffer).toString('base64')),
    cursor: { ...cursor, seconds: 0 },
  };
}

/** What the log tells, without clocks and statuses. */
async function story(folder: string): Promise<object[]> {
  const tail = new EventTail(join(folder, 'events.jsonl'));
  const events = await tail.read();
  expect(tail.invalidLines).toBe(0);
  return events
    .filter((event): event is Exclude<RunEvent, { type: 'status' }> => event.type !== 'status')
    .map((event) => ({ ...event, time: 0, seconds: 0 }));
}

async function expectAsUninterrupted(folder: string): Promise<void> {
  expect(await story(folder)).toEqual(await story(uninterrupted));
  for (const model of exampleModels) {
    expect(await finalState(folder, model)).toEqual(await finalState(uninterrupted, model));
    const epochs = (await listCheckpoints(folder, model)).filter(({ batch }) => batch === 0);
    expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3]);
  }
  const manifest = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
  expect(manifest.spec).toEqual(JSON.parse(await readFile(join(uninterrupted, 'run.json'), 'utf8')).spec);
}

describe('a training', () => {
  it('logs each of its batches once, and its epochs in turns', async () => {
    const events = await story(uninterrupted);
    const steps = [1, 2, 3].flatMap((epoch) =>
      exampleModels.flatMap((model) => [
        ...Array.from({ length: 19 }, (_, i) => ({
          type: 'batch',
          model,
          epoch,
          batch: i + 1,
          step: 19 * (epoch - 1) + i + 1,
        })),
        { type: 'epoch', model, epoch, step: 19 * epoch },
        ...(epoch === 3 ? [{ type: 'modelEnd', model, epoch, step: 57, reason: 'finished' }] : []),
      ]),
    );
    expect(events).toMatchObject(steps);
    expect(events).toHaveLength(steps.length);
  });

  it('killed three times at random moments, ends as the uninterrupted one did, bit for bit', async () => {
    const first = start('killed');
    await first.until(() => first.lines.some(({ type }) => type === 'run'));
    const { folder } = first;
    let running = first;
    for (let kill = 1; kill <= 3; kill++) {
      const [batches, milliseconds] = [1 + Math.floor(15 * Math.random()), Math.floor(40 * Math.random())];
      await running.until(() => running.batches() >= batches);
      await setTimeout(milliseconds);
      running.process.kill('SIGKILL');
      expect(await running.exit).toBe('SIGKILL');
      const { overview } = await readRun(folder);
      expect(overview.state, `killed after ${batches} batches and ${milliseconds} ms`).toBe('interrupted');
      running = resume(folder);
    }
    await trained(running);
    await expectAsUninterrupted(folder);
    expect((await readRun(folder)).overview.state).toBe('done');
  });

  it('killed before its first step, begins from the seed', async () => {
    const first = start('killed at once');
    await first.until(() => first.lines.some(({ type }) => type === 'run'));
    first.process.kill('SIGKILL');
    await first.exit;
    for (const model of exampleModels) await rm(join(first.folder, model), { recursive: true, force: true });
    await rm(join(first.folder, 'events.jsonl'));
    await trained(resume(first.folder));
    await expectAsUninterrupted(first.folder);
  });

  it('interrupted by Ctrl-C, saves, says how to go on, and goes on', async () => {
    const first = start('interrupted');
    await first.until(() => first.batches() >= 25);
    const { folder } = first;
    // It must not come to its end while the other one starts.
    first.process.kill('SIGSTOP');
    const second = resume(folder);
    expect(await second.exit).toBe(1);
    // Only Linux tells that it is suspended.
    expect(second.errors.replace(', which is suspended', '')).toContain(
      `is being trained by process ${first.process.pid}. Stop it there first, or wait for its end.`,
    );
    first.process.kill('SIGINT');
    first.process.kill('SIGCONT');
    expect(await first.exit, first.errors).toBe(130);
    expect(first.errors).toContain('Stopping at the next step, to save.');
    expect(first.lines.at(-1)).toMatchObject({ type: 'stopped', folder });
    expect((await readRun(folder)).overview.state).toBe('stopped');
    const logged = (await story(folder)).length;
    const third = resume(folder);
    await trained(third);
    const repeated = third.lines.filter(({ type }) => ['batch', 'epoch', 'modelEnd'].includes(type));
    expect(logged + repeated.length).toBe((await story(uninterrupted)).length);
    await expectAsUninterrupted(folder);
  });

  it('that is complete is not resumed', async () => {
    const again = resume(uninterrupted);
    expect(await again.exit).toBe(1);
    expect(again.errors).toMatch(
      /^involution: The run .* is complete: there is nothing to resume\. Train again for more epochs\.\n$/,
    );
    expect(again.lines).toEqual([]);
  });
});
