import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, open, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventLineBytes, RunEvent } from '../../../src/core/runs/events';
import { RunManifest } from '../../../src/core/runs/manifest';
import { RunSpec } from '../../../src/core/runs/spec';
import { inLanes } from '../../../src/node/inLanes';
import { EventTail } from '../../../src/node/runs/eventTail';
import { createRunFolder, readManifest } from '../../../src/node/runs/runFolder';
import { deleteRun, listRuns } from '../../../src/node/runs/runList';

let folder: string;
let log: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution-hostile-'));
  log = join(folder, 'events.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const event = (step: number): RunEvent => ({
  ...{ type: 'batch', time: 1, model: 'involution', epoch: 1, batch: step, step, loss: 1, accuracy: 0 },
});
const line = (step: number) => `${JSON.stringify(event(step))}\n`;
const steps = (events: RunEvent[]) => events.map((found) => (found.type === 'batch' ? found.step : null));

const newRun = () =>
  createRunFolder(folder, {
    spec: v.parse(RunSpec, {}),
    data: {
      ...{ name: 'shapes', classes: ['a', 'b'], imageShape: [32, 32, 3], trainCount: 10, validationCount: 2 },
      fingerprint: 'f',
    },
    engine: { name: 'cpu', device: 'd', version: '1', reason: 'r' },
    versions: {},
  });

describe("an event log that is somebody else's", () => {
  it('is not read where it is a link, a device, a pipe or a folder', async () => {
    for (const [name, make] of [
      ['link', () => symlink('/dev/zero', log)],
      ['link to a file', () => symlink('/etc/passwd', log)],
      ['pipe', async () => void execFileSync('mkfifo', [log])],
      ['folder', () => mkdir(log)],
    ] as const) {
      await make();
      await expect(new EventTail(log).read(), name).rejects.toThrow(
        /events\.jsonl can't be read: (?:it is a link|something else is in its place)/,
      );
      await rm(log, { recursive: true });
    }
  });

  it('may have a line of any length, which is passed over without being held', async () => {
    await writeFile(log, line(1));
    await truncate(log, 100 << 20);
    const tail = new EventTail(log);
    expect(steps(await tail.read())).toEqual([1]);
    // Not read again: half a line is looked at anew only when the file has changed.
    const handle = await open(log);
    const reads = vi.spyOn(Object.getPrototypeOf(handle), 'read');
    expect(await tail.read()).toEqual([]);
    expect(reads).not.toHaveBeenCalled();
    reads.mockRestore();
    await handle.close();
    expect(tail.invalidLines).toBe(0);
    await appendFile(log, `\n${line(2)}`);
    expect(steps(await tail.read())).toEqual([2]);
    expect(tail.invalidLines).toBe(1);
    expect(tail.offset).toBe((100 << 20) + 1 + line(2).length);
  });

  it('keeps its place when a long line is cut off and replaced', async () => {
    await writeFile(log, line(1) + 'x'.repeat(3 << 20));
    const tail = new EventTail(log);
    expect(steps(await tail.read())).toEqual([1]);
    expect(tail.offset).toBe(line(1).length);
    await truncate(log, tail.offset);
    await appendFile(log, line(2));
    expect(steps(await tail.read())).toEqual([2]);
    expect(tail.invalidLines).toBe(0);
  });

  it.each([eventLineBytes - 1, eventLineBytes, eventLineBytes + 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1])(
    'counts a line of %i bytes that is no event, and reads the next',
    async (bytes) => {
      await writeFile(log, `${line(1)}${'x'.repeat(bytes)}\n${line(2)}`);
      const tail = new EventTail(log);
      expect(steps(await tail.read())).toEqual([1, 2]);
      expect(tail.invalidLines).toBe(1);
    },
  );

  it('is read in portions, each event once', async () => {
    const count = 40_000;
    await writeFile(log, Array.from({ length: count }, (_, i) => line(i + 1)).join(''));
    const tail = new EventTail(log);
    const found: (number | null)[] = [];
    let portions = 0;
    do {
      found.push(...steps(await tail.read(1 << 20)));
      portions++;
    } while (tail.isBehind);
    expect(portions).toBeGreaterThan(3);
    expect(found).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  });

  it('has no event with a number that is none', () => {
    const epoch = { ...event(1), type: 'epoch', valLoss: 1, valAccuracy: 1, learningRate: 1, seconds: 1 };
    expect(v.is(RunEvent, epoch)).toBe(true);
    for (const key of ['time', 'loss', 'seconds', 'learningRate', 'valAccuracy', 'step', 'epoch']) {
      const text = JSON.stringify({ ...epoch, [key]: 'HUGE' }).replace('"HUGE"', '1e999');
      expect(v.is(RunEvent, JSON.parse(text)), key).toBe(false);
    }
    expect(v.is(RunEvent, { ...epoch, step: 2 ** 60 })).toBe(false);
    expect(v.is(RunEvent, { ...epoch, seconds: -1 })).toBe(false);
  });
});

describe("a run that is somebody else's", () => {
  it('has the bounds of what can be trained', async () => {
    const good = await readManifest(await newRun());
    expect(v.is(RunManifest, good)).toBe(true);
    const data = (change: object) => ({ ...good, data: { ...good.data, ...change } });
    const bad = {
      'no date': { ...good, created: 'yesterday' },
      'a date that is none': { ...good, created: '2026-99-99T00:00:00.000Z' },
      'a large image': data({ imageShape: [1024, 1024, 3] }),
      'many channels': data({ imageShape: [32, 32, 1e9] }),
      'half a pixel': data({ imageShape: [32.5, 32, 3] }),
      'no pixel': data({ imageShape: [0, 32, 3] }),
      'too many classes': data({ classes: Array.from({ length: 257 }, (_, i) => `${i}`) }),
      'a long class': data({ classes: ['x'.repeat(10_001)] }),
      'a negative count': data({ trainCount: -1 }),
      'a long name': { ...good, spec: { ...good.spec, name: 'x'.repeat(1001) } },
    };
    for (const [name, manifest] of Object.entries(bad)) expect(v.is(RunManifest, manifest), name).toBe(false);
  });

  it('is not read where its manifest is a link, a device or too large', async () => {
    const run = await newRun();
    const manifest = join(run, 'run.json');
    await rm(manifest);
    for (const target of ['/dev/zero', '/dev/random', '/etc/passwd']) {
      await symlink(target, manifest);
      await expect(readManifest(run)).rejects.toThrow(/run\.json can't be read: it is a link/);
      await rm(manifest);
    }
    await writeFile(manifest, '');
    await truncate(manifest, 1 << 30);
    await expect(readManifest(run)).rejects.toThrow(/run\.json can't be read: it has more than/);
  });

  it('is not in the list where its folder is a link', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'involution-elsewhere-'));
    const good = await newRun();
    await symlink(elsewhere, join(folder, 'link'));
    const { runs, unreadable } = await listRuns(folder);
    expect(runs.map((run) => run.folder)).toEqual([good]);
    expect(unreadable).toEqual([]);
    await rm(elsewhere, { recursive: true });
  });

  it('is deleted without what its links lead to', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'involution-elsewhere-'));
    await writeFile(join(elsewhere, 'precious'), 'data');
    const run = await newRun();
    await symlink(elsewhere, join(run, 'involution'));
    await deleteRun(run);
    const file = await open(join(elsewhere, 'precious'));
    await file.close();
    expect((await listRuns(folder)).runs).toEqual([]);
    await rm(elsewhere, { recursive: true });
  });

  it('is listed beside those that are damaged', async () => {
    const good = await newRun();
    await mkdir(join(folder, 'damaged'));
    await writeFile(join(folder, 'damaged', 'run.json'), '{');
    await mkdir(join(folder, 'linked'));
    await symlink('/dev/zero', join(folder, 'linked', 'run.json'));
    const { runs, unreadable } = await listRuns(folder);
    expect(runs.map((run) => run.folder)).toEqual([good]);
    expect(unreadable.map(({ folder: where }) => where).sort()).toEqual(
      ['damaged', 'linked'].map((name) => join(folder, name)),
    );
  });
});

describe('work in lanes', () => {
  it('does everything once, a bounded number at a time', async () => {
    let [running, most] = [0, 0];
    const done: number[] = [];
    await inLanes(
      Array.from({ length: 1000 }, (_, i) => i),
      async (i) => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        done.push(i);
        running--;
      },
    );
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(most).toBe(16);
  });

  it('ends with the first error', async () => {
    let begun = 0;
    const work = inLanes(Array(1000).keys(), async (i) => {
      begun++;
      await new Promise(setImmediate);
      if (i === 3) throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(begun).toBeLessThan(100);
  });
});
