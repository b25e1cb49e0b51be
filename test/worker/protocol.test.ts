import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { presetNetwork } from '../../src/core/network/presets/presets';
import type { DataChoice } from '../../src/core/runs/dataChoice';
import type { RunSpecInput } from '../../src/core/runs/spec';
import { WorkerGoneError, WorkerTimeoutError } from '../../src/host/workerClient';
import { EventTail } from '../../src/node/runs/eventTail';
import { readRun } from '../../src/node/runs/runList';
import { isBeingTrained } from '../../src/node/runs/runLock';
import type { Progress } from '../../src/protocol/worker';
import { isAlive, TestWorker, untilGone } from './support/worker';

const endless: RunSpecInput = {
  data: { kind: 'shapes', trainCount: 400, validationCount: 50 },
  batchSize: 16,
  epochs: 1000,
  engine: 'wasm',
};

const asItWas = { folder: null, anyway: false };

let runs: string;
let worker: TestWorker;
beforeAll(async () => {
  runs = await mkdtemp(join(tmpdir(), 'involution worker 样例 '));
});
afterEach(() => worker.stop(20_000));
afterAll(() => rm(runs, { recursive: true }));

const script = (name: string) => fileURLToPath(new URL(`./support/${name}`, import.meta.url));

/** Starts a host, kills it when it has said what its worker does, and tells that. */
async function hostThatDies(name: string): Promise<{ run: string; pid: number }> {
  const host = spawn(process.execPath, ['--import', 'tsx', script(name), runs], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(host.stdout), 'line');
  host.kill('SIGKILL');
  return JSON.parse(line);
}

const underWay = () => worker.until('a training', () => (worker.latest?.batch ?? 0) > 3);

describe('a worker', () => {
  it('is forked by the first call, and not before', async () => {
    worker = new TestWorker();
    expect(worker.running).toBe(false);
    const reports = await worker.call('engines');
    expect(worker.running).toBe(true);
    expect(reports.map(({ name }) => name)).toEqual(['tensorflow', 'webgpu', 'wasm', 'cpu']);
    expect(reports.find(({ name }) => name === 'wasm')).toMatchObject({ available: true, reason: '' });
    for (const { available, reason, cure } of reports) if (!available) expect(reason && cure).toBeTruthy();
  });

  it.each([
    [
      'involution',
      { total: 39_230, trainable: 13_074, nonTrainable: 6, optimizer: 26_150 },
      'inv_1 (Involution)',
    ],
    [
      'convolution',
      { total: 957_536, trainable: 319_178, nonTrainable: 0, optimizer: 638_358 },
      'conv2d (Conv2D)',
    ],
  ])('summarises the %s network with the numbers of Keras', async (name, totals, row) => {
    worker = new TestWorker();
    const summary = await worker.call('summary', presetNetwork(name), [32, 32, 3], 10);
    expect(summary.totals).toEqual(totals);
    expect(summary.text).toContain(row);
  });

  it('speaks the language whose translations it is given', async () => {
    worker = new TestWorker({ args: ['wasm', 'media/l10n/bundle.l10n.zh-cn.json'] });
    await worker.call('train', { ...endless, epochs: 1 }, runs);
    await worker.until('the end', () => worker.latest?.state === 'done');
    const messages = worker.states.map(({ message }) => message).filter(Boolean);
    expect([...new Set(messages)]).toEqual(['正在启动引擎', '正在加载数据', '正在构建模型']);
    expect(worker.latest!.engine!.reason).toBe('手动选择');
    await expect(worker.call('resume', worker.latest!.runFolder!, null, null)).rejects.toThrow('已完成');
  });

  it('trains to the end, tells its state, and leaves the run in its folder', async () => {
    worker = new TestWorker();
    const folder = await worker.call('train', { ...endless, epochs: 2, seed: 3 }, runs);
    await worker.until('the end', () => worker.latest?.state === 'done');
    const order = worker.states.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1]);
    expect(order).toEqual(['preparing', 'training', 'done']);
    const run = await readRun(folder);
    expect(run.overview.state).toBe('done');
    expect(worker.latest).toMatchObject({
      runFolder: folder,
      fraction: 1,
      epoch: 2,
      batches: 25,
      message: '',
    });
    for (const model of ['involution', 'convolution'] as const)
      expect(worker.latest!.metrics[model]!.valAccuracy).toBe(run.overview.models[model]!.valAccuracy);
    expect(worker.latest!.engine).toMatchObject({ name: 'wasm', reason: 'chosen' });
    // It says how it ended, then lets go of the run.
    await vi.waitFor(async () => expect(await isBeingTrained(folder)).toBe(false), 10_000);
  });

  it('gets ready for a training that is the same with and without', async () => {
    const logs: string[][] = [];
    for (const others of [null, { seed: 3 }, { seed: 4 }]) {
      worker = new TestWorker();
      const spec = { ...endless, epochs: 1, seed: 3 };
      if (others) await worker.call('getReady', { ...spec, ...others });
      // It has begun nothing.
      expect(worker.states).toEqual([]);
      const folder = await worker.call('train', spec, runs);
      await worker.until('the end', () => worker.latest?.state === 'done');
      const lines = readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n');
      const events = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'batch');
      logs.push(events.map(({ model, step, loss }) => `${model} ${step} ${loss}`));
      await worker.stop(10_000);
    }
    expect(logs[0]!.length).toBeGreaterThan(40);
    expect(logs[1]).toEqual(logs[0]);
    expect(logs[2]).toEqual(logs[0]);
  });

  it('gets ready for nothing that it can not read', async () => {
    worker = new TestWorker();
    await worker.call('getReady', { epochs: -1 });
    expect(worker.states).toEqual([]);
  });

  it('says which run it is, and trains nothing before that is answered', async () => {
    worker = new TestWorker();
    const seen: unknown[] = [];
    worker.on('runOpened', (folder) => {
      // This process stands still, and can't answer; the worker's could train meanwhile.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
      seen.push(folder, readFileSync(join(folder, 'events.jsonl'), 'utf8'), readdirSync(folder).sort());
    });
    const folder = await worker.call('train', { ...endless, epochs: 1 }, runs);
    await worker.until('the end', () => worker.latest?.state === 'done');
    expect(seen).toEqual([folder, '', ['events.jsonl', 'lock', 'run.json']]);
    await worker.call('train', endless, runs);
    await underWay();
    await worker.call('stop');
    const stopped = worker.latest!.runFolder!;
    await worker.call('resume', stopped, null, null);
    expect(seen.filter((each) => each === stopped)).toHaveLength(2);
    await worker.call('stop');
  });

  it('pauses, continues and stops; then the next run can begin', async () => {
    worker = new TestWorker();
    const folder = await worker.call('train', endless, runs);
    await underWay();
    await worker.call('pause');
    await worker.until('the pause', () => worker.latest?.state === 'paused');
    const logged = async () => (await new EventTail(join(folder, 'events.jsonl')).read()).length;
    const before = await logged();
    expect(await logged()).toBe(before);
    await worker.call('continue');
    await worker.until('the continuation', () => worker.latest?.state === 'training');
    await worker.call('stop');
    expect(worker.latest?.state).toBe('stopped');
    expect((await readRun(folder)).overview.state).toBe('stopped');
    await worker.call('train', { ...endless, epochs: 1 }, runs);
    await worker.until('the next run', () => worker.latest?.state === 'done');
  });

  it("refuses a second training, and names what it can't train", async () => {
    worker = new TestWorker();
    await worker.call('train', endless, runs);
    await expect(worker.call('train', endless, runs)).rejects.toThrow(/being trained already. Stop it first/);
    await worker.call('stop');
    await expect(worker.call('train', { ...endless, epochs: 0 }, runs)).rejects.toThrow(
      /epochs must be >=1, not 0/,
    );
    expect(worker.latest?.state).toBe('idle');
    const missing = { ...endless, data: { kind: 'folder' as const, path: join(runs, 'nowhere') } };
    await expect(worker.call('train', missing, runs)).rejects.toThrow(/nowhere/);
    await expect(worker.call('resume', join(runs, 'no run'), null, null)).rejects.toThrow(/is not a run/);
  });

  it('evaluates, previews and shows images of a run', async () => {
    worker = new TestWorker();
    const folder = await worker.call('train', { ...endless, epochs: 1, models: ['convolution'] }, runs);
    await worker.until('the end', () => worker.latest?.state === 'done');
    const progress: Progress[] = [];
    const evaluation = await worker.task(
      (task) => worker.call('evaluate', folder, 'convolution', asItWas, task),
      {
        onProgress: (news) => progress.push(news),
      },
    );
    expect(evaluation.accuracy).toBeCloseTo(worker.latest!.metrics.convolution!.valAccuracy!, 6);
    expect(evaluation.confusion.flat().reduce((a, b) => a + b)).toBe(50);
    expect(evaluation.predicted).toBeInstanceOf(Uint8Array);
    expect(progress.at(-1)!.fraction).toBe(1);

    const preview = await worker.task((task) => worker.call('dataPreview', folder, asItWas, task));
    expect(preview.pictures).toHaveLength(25);
    expect(preview.trainCounts.reduce((a, b) => a + b)).toBe(400);
    expect(preview.validationCounts.reduce((a, b) => a + b)).toBe(50);
    const [image] = await worker.call('validationImages', folder, [7], asItWas);
    expect([image!.width, image!.height, image!.rgba.length]).toEqual([32, 32, 4096]);
    expect(image!.caption).toBe(evaluation.classes[evaluation.labels[7]!]);
    await expect(worker.call('validationImages', folder, [50], asItWas)).rejects.toThrow(
      /no image 50: there are 50/,
    );
  });

  it('refuses to look at data that has changed or moved, names what helps, and looks again once that is said', async () => {
    worker = new TestWorker();
    const path = join(runs, 'pets');
    const picture = (name: string) => join(path, name);
    for (const name of ['cats', 'dogs']) {
      await mkdir(picture(name), { recursive: true });
      for (let i = 0; i < 4; i++)
        await sharp({ create: { width: 8, height: 8, channels: 3, background: { r: 60 * i, g: 9, b: 9 } } })
          .png()
          .toFile(picture(`${name}/${i}.png`));
    }
    const data = { kind: 'folder', path, imageSize: 8 } as const;
    const folder = await worker.call('train', { ...endless, data, epochs: 1, models: ['involution'] }, runs);
    await worker.until('the end', () => worker.latest?.state === 'done');
    await rename(picture('cats/3.png'), picture('dogs/cat.png'));
    const source = { runFolder: folder, model: null, epoch: null };
    const kernels = { source, resolution: 'fit' } as const;
    const looks: ((choice: DataChoice) => Promise<unknown>)[] = [
      (choice) => worker.task((task) => worker.call('evaluate', folder, 'involution', choice, task)),
      (choice) => worker.task((task) => worker.call('dataPreview', folder, choice, task)),
      (data) =>
        worker.task((task) =>
          worker.call('openKernels', { ...kernels, image: { validationIndex: 0, data } }, task),
        ),
      (choice) => worker.call('validationImages', folder, [0], choice),
    ];
    for (const look of looks)
      await expect(look(asItWas)).rejects.toMatchObject({
        message: expect.stringMatching(
          /has changed since it began: as many images, but not the same ones\. Bring it back as it was, or train a new run\.$/,
        ),
        ways: ['folder', 'anyway'],
      });
    const told = { dataChange: 'as many images, but not the same ones' };
    const answers = await Promise.all(looks.map((look) => look({ folder: null, anyway: true })));
    for (const answer of answers.slice(0, 3)) expect(answer).toMatchObject(told);
    await rename(picture('dogs/cat.png'), picture('cats/3.png'));
    for (const look of looks) await look(asItWas);
    const moved = join(runs, 'pets elsewhere');
    await rename(path, moved);
    for (const look of looks) {
      // What was loaded last is not looked at again.
      await worker.call('dataPreview', folder, { folder: moved, anyway: false }, 'moved');
      await expect(look(asItWas)).rejects.toMatchObject({ ways: ['folder'] });
      await look({ folder: moved, anyway: false });
    }
  });

  it('shows the kernels of an image, whose arithmetic adds up', async () => {
    worker = new TestWorker();
    const folder = await worker.call('train', { ...endless, epochs: 1, models: ['involution'] }, runs);
    await worker.until('the end', () => worker.latest?.state === 'done');
    const request = {
      image: { validationIndex: 3, data: asItWas },
      source: { runFolder: folder, model: null, epoch: null },
      resolution: 'fit',
    } as const;
    const session = await worker.task((task) => worker.call('openKernels', request, task));
    expect(session).toMatchObject({ trained: true, epoch: 1, epochs: [0, 1] });
    expect(session.layers.map(({ name, height, width }) => [name, height, width])).toEqual([
      ['inv_1', 32, 32],
      ['inv_2', 16, 16],
      ['inv_3', 8, 8],
    ]);
    const map = await worker.call('kernelMap', session.id, 'inv_1', 'all', null);
    const { kernel, neighbourhood, output } = await worker.call('kernelAt', session.id, 'inv_1', 5, 9);
    const sum = kernel.reduce((a, b) => a + b);
    expect(map.values[5 * 32 + 9]).toBeCloseTo(sum, 4);
    const product = kernel.reduce((total, weight, k) => total + weight * neighbourhood[3 * k]!, 0);
    expect(output[0]).toBeCloseTo(product, 4);
    await worker.call('closeKernels', session.id);
    await expect(worker.call('kernelMap', session.id, 'inv_1', 'all', null)).rejects.toThrow(
      /no longer held/,
    );
  });

  it('ends a task that is cancelled with an AbortError', async () => {
    worker = new TestWorker();
    const folder = await worker.call('train', endless, runs);
    await underWay();
    const abort = new AbortController();
    const evaluation = worker.task((task) => worker.call('evaluate', folder, 'convolution', asItWas, task), {
      signal: abort.signal,
    });
    abort.abort();
    await expect(evaluation).rejects.toMatchObject({ name: 'AbortError' });
    expect(worker.latest?.state).toBe('training');
  });

  it('gives up the preparation of a training when it is stopped', async () => {
    worker = new TestWorker();
    const data = { kind: 'shapes' as const, trainCount: 50_000, validationCount: 10 };
    const beginning = worker.call('train', { ...endless, data }, runs);
    beginning.catch(() => {});
    await worker.until('the preparation', () => worker.latest?.state === 'preparing');
    await worker.call('stop');
    await expect(beginning).rejects.toMatchObject({ name: 'AbortError' });
    expect(worker.latest?.state).toBe('idle');
  });
});

describe('a worker that is no more', () => {
  it('rejects every call that it has not answered, and says how it ended', async () => {
    worker = new TestWorker();
    await worker.call('train', endless, runs);
    await underWay();
    const calls = [
      worker.call('stop'),
      worker.call('summary', presetNetwork('involution'), [32, 32, 3], 10),
      worker.call('engines'),
    ];
    process.kill(worker.pid!, 'SIGKILL');
    for (const call of await Promise.allSettled(calls)) {
      expect(call.status).toBe('rejected');
      expect((call as PromiseRejectedResult).reason).toBeInstanceOf(WorkerGoneError);
    }
    expect(worker.exits).toMatchObject([{ code: null, signal: 'SIGKILL', expected: false }]);
    expect(worker.running).toBe(false);
  });

  it('is replaced by the next call, which resumes the run without a batch twice or missing', async () => {
    worker = new TestWorker();
    const data: RunSpecInput['data'] = { kind: 'shapes', trainCount: 20_000, validationCount: 50 };
    const folder = await worker.call('train', { ...endless, data, epochs: 3, models: ['involution'] }, runs);
    await underWay();
    const { pid } = worker;
    process.kill(pid!, 'SIGKILL');
    await worker.until('its end', () => worker.exits.length === 1);
    expect((await readRun(folder)).overview.state).toBe('interrupted');
    worker.states.length = 0;
    await worker.call('resume', folder, null, null);
    expect(worker.pid).not.toBe(pid);
    await worker.until('the end of the run', () => worker.latest?.state === 'done');
    const events = await new EventTail(join(folder, 'events.jsonl')).read();
    // Never idle: a window that is reloaded now would not know that it has a run to go on with.
    expect(new Set(worker.states.map(({ state }) => state))).toEqual(
      new Set(['preparing', 'training', 'done']),
    );
    const steps = events.flatMap((event) => (event.type === 'batch' ? [event.step] : []));
    expect(steps).toEqual(Array.from({ length: 3750 }, (_, i) => i + 1));
  });

  it('had last words', async () => {
    worker = new TestWorker({ modulePath: script('crash.mjs') });
    await expect(worker.call('engines')).rejects.toBeInstanceOf(WorkerGoneError);
    expect(worker.exits[0]).toMatchObject({ code: 1, expected: false });
    expect(worker.exits[0]!.lastLines.join('\n')).toMatch(/before the end[\s\S]*the reason/);
  });

  it('could not even begin', async () => {
    worker = new TestWorker({ execPath: join(runs, 'no such node') });
    await expect(worker.call('engines')).rejects.toBeInstanceOf(WorkerGoneError);
    expect(worker.exits[0]).toMatchObject({ code: null, signal: null });
    expect(worker.exits[0]!.lastLines.join()).toMatch(/ENOENT/);
  });

  it('lives but does not answer', async () => {
    worker = new TestWorker({ modulePath: script('silent.mjs') }, 300);
    await expect(worker.call('engines')).rejects.toBeInstanceOf(WorkerTimeoutError);
    const { pid } = worker;
    await worker.stop(100);
    expect(isAlive(pid!)).toBe(false);
    expect(worker.exits[0]).toMatchObject({ signal: 'SIGKILL', expected: true });
  });
});

describe('a worker whose host is gone', () => {
  it('saves and exits when it is told to stop', async () => {
    worker = new TestWorker();
    const folder = await worker.call('train', endless, runs);
    await underWay();
    await worker.stop(30_000);
    expect(worker.exits).toMatchObject([{ code: 0, expected: true }]);
    expect((await readRun(folder)).overview.state).toBe('stopped');
    expect(await isBeingTrained(folder)).toBe(false);
  });

  it('saves and exits when its host is killed', async () => {
    worker = new TestWorker();
    const { run, pid } = await hostThatDies('host.ts');
    await untilGone(pid);
    const events = await new EventTail(join(run, 'events.jsonl')).read();
    const lastStep = events.findLast((event) => event.type === 'batch');
    expect((await readRun(run)).overview.state).toBe('stopped');
    await worker.call('resume', run, null, null);
    await worker.until('more steps', () => worker.latest?.state === 'training' && worker.latest.batch > 0);
    await worker.call('stop');
    const all = await new EventTail(join(run, 'events.jsonl')).read();
    const steps = all.flatMap((event) =>
      event.type === 'batch' && lastStep?.type === 'batch' && event.model === lastStep.model
        ? [event.step]
        : [],
    );
    expect(steps.length).toBeGreaterThan(0);
    expect(steps).toEqual(steps.map((_, i) => i + 1));
  });

  it('is killed when it hangs', async () => {
    const { pid } = await hostThatDies('hostOfHanging.ts');
    expect(isAlive(pid)).toBe(true);
    await untilGone(pid);
  });

  it('says that the folder of the run that it trains is gone, and does not make it again', async () => {
    worker = new TestWorker();
    const folder = await worker.call('train', endless, runs);
    await underWay();
    await rm(folder, { recursive: true, maxRetries: 5 });
    await worker.until('its end', () => worker.latest?.state === 'failed');
    expect(worker.latest?.message).toContain(`The folder ${folder} was deleted, moved or replaced`);
    expect(existsSync(folder)).toBe(false);
  });

  it.each<NodeJS.Signals[]>([['SIGTERM'], ['SIGINT', 'SIGINT'], ['SIGHUP', 'SIGTERM']])(
    'saves and exits on %s %s',
    async (...signals) => {
      worker = new TestWorker();
      const folder = await worker.call('train', endless, runs);
      await underWay();
      for (const signal of signals.filter(Boolean)) process.kill(worker.pid!, signal);
      await worker.until('its end', () => worker.exits.length === 1);
      expect(worker.exits[0]).toMatchObject({ code: 0 });
      expect((await readRun(folder)).overview.state).toBe('stopped');
    },
  );
});
