import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { announceEnd } from '../../src/host/endOfTraining';
import { Problem } from '../../src/host/problem';
import { RunStore } from '../../src/host/runStore';
import { RunsTree } from '../../src/host/views/runsTree';
import { readManifest } from '../../src/node/runs/runFolder';
import { RunLock } from '../../src/node/runs/runLock';
import { answerNotifications, memoryLog, substitute, until } from './support/doubles';
import { batch, logEvents, status, writeRun } from './support/runs';
import { testServices } from './support/services';

describe('runs that are not as they should be', () => {
  let folder: string;
  let store: RunStore;
  const log = memoryLog();
  const undo: (() => void)[] = [];
  const names = () => store.cards().map(({ name }) => name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'involution-hostile-'));
    log.lines.length = 0;
    store = new RunStore(folder, log);
  });
  afterEach(async () => {
    for (const restore of undo.splice(0)) restore();
    store.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('do not stop the host: devices, endless lines, dates and sizes that are none', async () => {
    const good = await writeRun(folder, { name: 'good' }, [status('done')]);
    const manifest = await readManifest(good);
    const put = async (id: string, content: object) => {
      await mkdir(join(folder, id));
      await writeFile(join(folder, id, 'run.json'), JSON.stringify({ ...manifest, id, ...content }));
      await writeFile(join(folder, id, 'events.jsonl'), '');
    };
    await put('no-date', { created: 'never' });
    await put('too-large', { data: { ...manifest.data, imageShape: [1024, 1024, 3] } });
    await put('device-log', {});
    await rm(join(folder, 'device-log', 'events.jsonl'));
    await symlink('/dev/zero', join(folder, 'device-log', 'events.jsonl'));
    await mkdir(join(folder, 'device-manifest'));
    await symlink('/dev/zero', join(folder, 'device-manifest', 'run.json'));
    await put('endless-line', { spec: { ...manifest.spec, name: 'endless line' } });
    await truncate(join(folder, 'endless-line', 'events.jsonl'), 100 << 20);
    await symlink(folder, join(folder, 'linked-folder'));
    await store.loaded();
    assert.deepEqual(names().sort(), ['endless line', 'good']);
    const complaints = log.lines.length;
    assert.equal(complaints, 4, log.lines.join('\n'));
    for (let i = 0; i < 3; i++) await store.refresh();
    assert.equal(log.lines.length, complaints, 'each is said once');
    await writeFile(join(folder, 'no-date', 'run.json'), JSON.stringify({ ...manifest, id: 'no-date' }));
    await store.refresh();
    assert.equal(store.cards().length, 3, 'one that was put right is shown');
  });

  it('have names that are one line, without what turns the direction of writing, and not too long', async () => {
    await writeRun(folder, { name: `a\nb\u202egnp.exe${'x'.repeat(900)}` });
    await writeRun(folder, { name: '\u202e' });
    await store.loaded();
    const [short, long] = names().sort((a, b) => a.length - b.length);
    assert.equal(short, '–');
    assert.match(long!, /^a bgnp\.exex+…$/);
    assert.equal(long!.length, 201 - 1);
  });

  it('are read in several looks where a log is very long, and shown rightly in the end', async () => {
    const path = await writeRun(folder, {}, [status('training')]);
    const padding = `${'x'.repeat(60_000)}\n`.repeat(900);
    await appendFile(join(path, 'events.jsonl'), padding);
    await logEvents(path, [batch(1, 2), status('done')]);
    const card = await store.settled(basename(path), 60_000);
    assert.equal(card!.state, 'done');
  });

  it('are many: a page of them is drawn, then the next', async () => {
    const manifest = await readManifest(await writeRun(folder, {}));
    for (let i = 0; i < 450; i++) {
      const id = `run-${i}`;
      const created = new Date(i * 60_000).toISOString();
      await mkdir(join(folder, id));
      await writeFile(join(folder, id, 'run.json'), JSON.stringify({ ...manifest, id, created }));
    }
    const view = {
      visible: false,
      selection: [],
      onDidChangeVisibility: () => ({ dispose() {} }),
      dispose() {},
    };
    undo.push(substitute(vscode.window, 'createTreeView', () => view));
    const tree = new RunsTree(store);
    const labels = async () => (await tree.getChildren()).map((node) => String(tree.getTreeItem(node).label));
    const first = await labels();
    assert.equal(first.length, 201);
    assert.deepEqual(first.slice(1, 3), ['run-449', 'run-448']);
    assert.equal(first[200], 'Show More (251 left)');
    tree.showMore();
    tree.showMore();
    assert.equal((await labels()).length, 451);
    tree.dispose();
  });

  it('stay in sight while this window trains them, whatever the setting says', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'involution-moved-'));
    const path = await writeRun(folder, { name: 'in training' }, [status('training')]);
    await writeRun(folder, { name: 'another' }, [status('done')]);
    await writeRun(elsewhere, { name: 'of the new folder', models: ['convolution'] }, [status('done')]);
    const lock = await RunLock.acquire(path);
    store.follow(path, true);
    await store.loaded();
    await store.moveTo(elsewhere);
    assert.deepEqual(names().sort(), ['in training', 'of the new folder']);
    assert.equal(store.path(basename(path)), path);
    await logEvents(path, [batch(1, 2)]);
    await store.refresh();
    const all = { axis: 'batch', from: null, to: null, width: 9, smoothing: 0, known: {} } as const;
    const request = { ...all, metrics: ['loss'] } as const;
    assert.equal(store.series({ runs: [basename(path)], ...request }).length, 1);
    await logEvents(path, [status('done')]);
    await lock.release();
    store.follow(path, false);
    await store.refresh();
    assert.equal(store.card(basename(path))!.state, 'done');
    await rm(elsewhere, { recursive: true, force: true });
  });

  it('are those of another window when this one does not train them', async () => {
    const path = await writeRun(folder, {}, [status('training')]);
    const id = basename(path);
    const lock = await RunLock.acquire(path);
    await store.loaded();
    assert.deepEqual(
      [store.card(id)!.state, store.card(id)!.elsewhere],
      ['training', `process ${process.pid}`],
    );
    store.follow(path, true);
    await until(() => store.card(id)!.elsewhere === null);
    store.follow(path, false);
    await until(() => store.card(id)!.elsewhere !== null);
    await lock.release();
    await store.look([id]);
    assert.deepEqual([store.card(id)!.state, store.card(id)!.elsewhere], ['interrupted', null]);
  });

  it('are gone from the list when their folder is, the one in training too', async () => {
    const path = await writeRun(folder, {}, [status('training')]);
    store.follow(path, true);
    await store.loaded();
    await rename(path, `${folder}-moved`);
    await store.refresh();
    assert.deepEqual(store.cards(), []);
    assert.throws(
      () => store.existing(basename(path)),
      (error) => error instanceof Problem && error.message.includes(path),
    );
    await rm(`${folder}-moved`, { recursive: true });
  });
});

describe('a training whose run folder is gone', () => {
  it('ends with words that name the folder, and leads nowhere that is not there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'involution-gone-'));
    const services = testServices(folder);
    const { shown, restore } = answerNotifications('showErrorMessage');
    const ends = announceEnd(services);
    const follow = services.training.onDidChange((state) => services.runs.follow(state.runFolder, true));
    try {
      const path = await writeRun(folder, {}, [status('training')]);
      services.worker.tell({ state: 'training', runFolder: path });
      await until(() => services.runs.card(basename(path)) !== undefined);
      await rm(path, { recursive: true });
      services.worker.tell({ state: 'failed', runFolder: path, message: 'the folder is gone' });
      await until(() => shown.length > 0);
      assert(shown[0]!.message.includes(path), shown[0]!.message);
      assert.match(shown[0]!.message, /^The training ended\. .* was deleted, moved or damaged\.$/);
      assert.deepEqual(shown[0]!.buttons, ['Show Log']);
      assert.deepEqual(services.runs.cards(), []);
    } finally {
      vscode.Disposable.from(ends, follow, services).dispose();
      restore();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
