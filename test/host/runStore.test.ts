import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/runs/events';
import { RunStore } from '../../src/host/runStore';
import { RunsElsewhere } from '../../src/host/views/runsElsewhere';
import { RunLock } from '../../src/node/runs/runLock';
import { memoryLog } from './support/doubles';
import { batch, epoch, logEvents, status, writeRun } from './support/runs';

describe('the run store', () => {
  let folder: string;
  let store: RunStore;
  const log = memoryLog();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'involution runs 运行 '));
    log.lines.length = 0;
    store = new RunStore(folder, log);
  });
  afterEach(async () => {
    store.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('has no runs where there is no folder', async () => {
    await store.moveTo(join(folder, 'nowhere'));
    await store.loaded();
    assert.deepEqual(store.cards(), []);
  });

  it('reads what the events say of a run', async () => {
    const path = await writeRun(folder, { models: ['involution'], epochs: 2, seed: 7, name: 'mine' }, [
      status('training'),
      epoch(1, 0.4),
      epoch(2, 0.3),
      status('done'),
    ]);
    await store.loaded();
    const [card] = store.cards();
    assert.deepEqual(
      { ...card, created: '' },
      {
        id: basename(path),
        name: 'mine',
        state: 'done',
        elsewhere: null,
        models: [{ id: 'involution', title: 'Involution' }],
        dataName: 'Built-in shapes',
        seed: 7,
        epochs: 2,
        engine: 'wasm',
        created: '',
        seconds: 6,
        bestAccuracy: { involution: 0.4 },
      },
    );
  });

  it('tells runs of one name apart: the older one has it as it is', async () => {
    const paths: string[] = [];
    for (const name of ['mine', 'mine', 'other']) paths.push(await writeRun(folder, { name }));
    const [first, second, third] = paths.map((path) => basename(path)) as [string, string, string];
    await store.loaded();
    const names = () => [first, second, third].map((id) => store.card(id)?.name);
    assert.deepEqual(names(), ['mine', 'mine (2)', 'other']);
    assert.deepEqual(new Set(store.cards().map(({ name }) => name)), new Set(names()));
    await store.rename(third, 'mine');
    assert.deepEqual(names(), ['mine', 'mine (2)', 'mine (3)']);
    const changes: string[] = [];
    store.onDidChange((ids) => changes.push(...ids));
    await store.delete(first);
    assert.deepEqual(names(), [undefined, 'mine', 'mine (2)']);
    assert.deepEqual(
      changes.toSorted(),
      [first, second, third].toSorted(),
      'those that are called otherwise too',
    );
  });

  it('calls a run interrupted that was training and has no process any more', async () => {
    const path = await writeRun(folder, {}, [status('training'), batch(1, 2)]);
    await store.loaded();
    assert.equal(store.card(basename(path))!.state, 'interrupted');
    assert.match(store.card(basename(path))!.name, /^shapes involution-convolution \d\d:\d\d$/);
  });

  it('sees what a running training adds, and half a line only when it is whole', async () => {
    const path = await writeRun(folder, { models: ['involution'] }, [status('training'), batch(1, 2)]);
    const id = basename(path);
    const lock = await RunLock.acquire(path);
    try {
      await store.loaded();
      assert.equal(store.card(id)!.state, 'training');
      const changes: string[] = [];
      store.onDidChange((ids) => changes.push(...ids));
      const line = JSON.stringify(batch(3, 0.5));
      await logEvents(path, [batch(2, 1)]);
      await appendFile(join(path, 'events.jsonl'), line.slice(0, 20));
      await store.look([id]);
      const ask = () =>
        store.series({
          runs: [id],
          metrics: ['loss'],
          known: {},
          axis: 'batch',
          from: null,
          to: null,
          width: 100,
          smoothing: 0,
        });
      assert.deepEqual([...ask()[0]!.x], [1, 2]);
      await appendFile(join(path, 'events.jsonl'), `${line.slice(20)}\n`);
      await store.look([id]);
      assert.deepEqual([...ask()[0]!.x], [1, 2, 3]);
      assert.deepEqual([...ask()[0]!.raw], [2, 1, 0.5]);
      assert.deepEqual(changes, [id, id]);
      await store.look([id]);
      assert.deepEqual(changes, [id, id], 'nothing new is no change');
    } finally {
      await lock.release();
    }
    await store.look([id]);
    assert.equal(store.card(id)!.state, 'interrupted');
  });

  it('gives training and validation on both axes, a loss that is not finite as NaN', async () => {
    const path = await writeRun(folder, { models: ['involution'] }, [
      batch(1, 2, 0.25),
      batch(2, null, 0.5),
      epoch(1, 0.4),
    ]);
    await store.loaded();
    const ask = (axis: 'batch' | 'epoch', metric: 'loss' | 'accuracy') =>
      store
        .series({
          runs: [basename(path)],
          metrics: [metric],
          known: {},
          axis,
          from: null,
          to: null,
          width: null,
          smoothing: 0,
        })
        .map(({ model, split, x, raw, mark }) => ({
          model,
          split,
          x: [...x],
          raw: [...raw],
          count: mark.count,
        }));
    assert.deepEqual(ask('batch', 'loss'), [
      { model: 'involution', split: 'train', x: [1, 2], raw: [2, Number.NaN], count: 2 },
      { model: 'involution', split: 'validation', x: [2], raw: [2], count: 1 },
    ]);
    assert.deepEqual(ask('epoch', 'accuracy'), [
      { model: 'involution', split: 'train', x: [1], raw: [0.5], count: 1 },
      { model: 'involution', split: 'validation', x: [1], raw: [Math.fround(0.4)], count: 1 },
    ]);
  });

  it('ignores what a log says of models that the run does not have', async () => {
    const foreign = { ...epoch(1, 0.9), model: 'convolution' };
    const path = await writeRun(folder, { models: ['involution'] }, [batch(1, 2), epoch(1, 0.4), foreign]);
    await store.loaded();
    const id = basename(path);
    assert.deepEqual(store.card(id)!.bestAccuracy, { involution: 0.4 });
    const request = {
      metrics: ['loss'],
      known: {},
      axis: 'epoch',
      from: null,
      to: null,
      width: null,
      smoothing: 0,
    } as const;
    const models = store.series({ runs: [id], ...request }).map(({ model }) => model);
    assert.deepEqual([...new Set(models)], ['involution']);
  });

  it('shows what models are called on one line, and without tricks', async () => {
    const models = [{ preset: 'involution', title: `mine\n\u202eeman${'x'.repeat(150)}` }];
    const path = await writeRun(folder, { models });
    await store.loaded();
    const [card] = store.card(basename(path))!.models;
    assert.match(card!.title, /^mine emanx+…$/);
    assert.equal(card!.title.length, 80);
  });

  it('thins a long curve to the pixels it is drawn in, and keeps its peaks', async () => {
    const events = Array.from({ length: 20_000 }, (_, i) => batch(i + 1, i === 12_345 ? 99 : 1));
    const path = await writeRun(folder, { models: ['involution'] }, events);
    await store.loaded();
    const [series] = store.series({
      runs: [basename(path)],
      metrics: ['loss'],
      known: {},
      axis: 'batch',
      from: null,
      to: null,
      width: 300,
      smoothing: 0.9,
    });
    assert.equal(series!.mark.count, 20_000);
    assert(series!.x.length <= 4 * 301);
    assert.equal(Math.max(...series!.raw), 99);
    assert.equal(series!.smooth.length, series!.raw.length);
  });

  it("names a run that can't be read in the log, once, and shows the others", async () => {
    const good = await writeRun(folder, {});
    await mkdir(join(folder, 'broken'));
    await writeFile(join(folder, 'broken', 'run.json'), '{"schemaVersion": 99}');
    await store.refresh();
    await store.refresh();
    assert.deepEqual(
      store.cards().map(({ id }) => id),
      [basename(good)],
    );
    const complaints = log.lines.filter((line) => line.includes('run.json is damaged or of another version'));
    assert.equal(complaints.length, 1);
    await assert.rejects(store.manifest('broken'), /The run broken is not there any more/);
  });

  it('renames a run in its folder', async () => {
    const id = basename(await writeRun(folder, {}));
    await store.loaded();
    await store.rename(id, 'better name');
    assert.equal(store.card(id)!.name, 'better name');
    await assert.rejects(store.rename(id, '  '), /needs a name/);
  });

  it('deletes a run, but not one that is being trained', async () => {
    const path = await writeRun(folder, {}, [status('training')]);
    const id = basename(path);
    const lock = await RunLock.acquire(path);
    await store.loaded();
    await assert.rejects(store.delete(id), /is being trained by process \d+\. Stop it there first/);
    await lock.release();
    await store.delete(id);
    assert.deepEqual(store.cards(), []);
  });

  it('looks by itself while somebody watches, and not after', async () => {
    await store.loaded();
    const watch = store.watch();
    const seen = new Promise<readonly string[]>((resolve) => store.onDidChange(resolve));
    const id = basename(await writeRun(folder, {}));
    assert.deepEqual(await seen, [id]);
    watch.dispose();
  });

  it('follows what others train: who, how far, and nothing of it once it is over or this window trains it', async () => {
    const second = (number: number, loss: number): RunEvent => ({
      type: 'batch',
      time: number,
      model: 'involution',
      epoch: 2,
      batch: number,
      step: 2 + number,
      loss,
      accuracy: 0.5,
    });
    const path = await writeRun(folder, { models: ['involution'], epochs: 4, name: 'theirs' }, [
      status('training'),
      epoch(1, 0.4),
      second(1, 0.25),
    ]);
    const id = basename(path);
    const elsewhere = new RunsElsewhere(store);
    const lock = await RunLock.acquire(path);
    try {
      await store.loaded();
      const [run, ...more] = elsewhere.all();
      assert.deepEqual(more, []);
      assert.deepEqual([run!.id, run!.name, run!.trainer], [id, 'theirs', `process ${process.pid}`]);
      const { training, series } = run!;
      // 512 images in batches of 256 are two steps an epoch.
      assert.deepEqual(
        [training.state, training.model, training.epoch, training.batch, training.batches, training.epochs],
        ['training', 'involution', 2, 1, 2, 4],
      );
      assert.equal(training.fraction, 1.5 / 4);
      assert.deepEqual(training.metrics.involution, {
        loss: 0.25,
        accuracy: 0.5,
        valLoss: 2,
        valAccuracy: 0.4,
      });
      assert.deepEqual(
        series.map(({ split, x }) => [split, [...x]]),
        [['train', [3]]],
      );
      await logEvents(path, [second(2, 0.125)]);
      await store.look([id]);
      assert(elsewhere.concerns([id]) && !elsewhere.concerns(['another']));
      assert.equal(elsewhere.all()[0]!.training.fraction, 2 / 4);
      store.follow(path, true);
      await store.look([id]);
      assert(elsewhere.concerns([id]), 'it was on show');
      assert.deepEqual(elsewhere.all(), []);
      assert(!elsewhere.concerns([id]));
      store.follow(path, false);
      await store.look([id]);
      assert(elsewhere.concerns([id]), 'it comes to what is on show');
    } finally {
      await lock.release();
    }
    await store.look([id]);
    assert.deepEqual(elsewhere.all(), []);
  });
});
