import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Services } from '../../src/host/services';
import { rememberTraining, resumeInterrupted } from '../../src/host/trainingMemory';
import { answerNotifications, type memoryLog, substitute } from './support/doubles';
import type { FakeWorker } from './support/fakeWorker';
import { batch, status, writeRun } from './support/runs';
import { testServices } from './support/services';

describe('after a reload of the window', () => {
  let folder: string;
  let services: Services & { worker: FakeWorker } & vscode.Disposable;
  let resumed: string[];
  const undo: (() => void)[] = [];
  const settings: Record<string, unknown> = {};

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'involution-reload-'));
    services = testServices(folder);
    resumed = [];
    services.worker.answers.resume = async (path) => {
      resumed.push(path);
    };
    for (const key of Object.keys(settings)) delete settings[key];
    undo.push(
      substitute(vscode.workspace, 'isTrusted', true),
      substitute(vscode.workspace, 'getConfiguration', () => ({ get: (key: string) => settings[key] })),
    );
  });
  afterEach(async () => {
    for (const restore of undo.splice(0)) restore();
    services.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  /** A window that trained this run, and went away. */
  async function windowThatTrained(ends: 'saved' | 'killed' = 'killed'): Promise<string> {
    const last = ends === 'saved' ? [status('stopped')] : [];
    const path = await writeRun(folder, { models: ['involution'] }, [
      status('training'),
      batch(1, 2),
      ...last,
    ]);
    const remembering = rememberTraining(services);
    services.worker.running = true;
    services.worker.tell({ state: 'preparing' });
    services.worker.opens(path);
    services.worker.tell({ state: 'training', runFolder: path });
    services.worker.die({ code: 0, expected: true });
    remembering.dispose();
    return path;
  }
  const longAgo = async (path: string) => {
    const time = new Date(Date.now() - 10 * 60_000);
    await utimes(join(path, 'events.jsonl'), time, time);
  };

  it('the run that it trained is resumed by itself', async () => {
    for (const end of ['killed', 'saved'] as const) {
      resumed = [];
      const path = await windowThatTrained(end);
      await resumeInterrupted(services);
      assert.deepEqual(resumed, [path], end);
      services.worker.tell({ state: 'idle' });
    }
  });

  it('however soon it comes: the run is on the disk before the worker is answered, and so before it trains', async () => {
    const path = await writeRun(folder, { models: ['involution'] });
    const remembering = rememberTraining(services);
    services.worker.running = true;
    services.worker.tell({ state: 'preparing' });
    services.worker.opens(path);
    // At once: what VS Code would write later is not there yet.
    const note = join(services.context.storageUri!.fsPath, 'training.json');
    assert.deepEqual(JSON.parse(readFileSync(note, 'utf8')), { runFolder: path });
    // The window is gone without another word; the next one has nothing but the disk.
    remembering.dispose();
    const next = testServices(folder);
    next.worker.answers.resume = services.worker.answers.resume!;
    try {
      await resumeInterrupted(next);
    } finally {
      next.dispose();
    }
    assert.deepEqual(resumed, [path]);
    assert(!existsSync(note));
  });

  it('nothing is resumed that could not even begin', async () => {
    const path = await writeRun(folder, { models: ['involution'] }, [status('training')]);
    const remembering = rememberTraining(services);
    services.worker.running = true;
    services.worker.tell({ state: 'preparing', runFolder: path });
    services.worker.opens(path);
    // The data has changed, say: the worker lives, and trains nothing.
    services.worker.tell({ state: 'idle' });
    remembering.dispose();
    await resumeInterrupted(services);
    assert.deepEqual(resumed, []);
  });

  it('a memory that is damaged, or a place where nothing can be noted, is no error', async () => {
    const storage = services.context.storageUri!.fsPath;
    await mkdir(storage, { recursive: true });
    await writeFile(join(storage, 'training.json'), '{"runFolder": 7');
    await resumeInterrupted(services);
    await rm(storage, { recursive: true });
    await writeFile(storage, 'a file in its place');
    await windowThatTrained();
    await resumeInterrupted(services);
    assert.deepEqual(resumed, []);
    assert.match((services.log as ReturnType<typeof memoryLog>).lines.join(), /error:.*(EEXIST|ENOTDIR)/);
  });

  it('it is offered when that was long ago', async () => {
    await longAgo(await windowThatTrained());
    const notifications = answerNotifications('showInformationMessage');
    undo.push(notifications.restore);
    await resumeInterrupted(services);
    assert.deepEqual(resumed, []);
    assert.match(notifications.shown[0]!.message, /was interrupted. Nothing is lost/);
    assert.deepEqual(notifications.shown[0]!.buttons, ['Resume', 'Show Run']);
  });

  it('it is offered, or left alone, when the settings say so', async () => {
    const notifications = answerNotifications('showInformationMessage');
    undo.push(notifications.restore);
    settings.resumeAfterReload = 'ask';
    await windowThatTrained();
    await resumeInterrupted(services);
    assert.equal(notifications.shown.length, 1);
    settings.resumeAfterReload = 'never';
    await windowThatTrained();
    await resumeInterrupted(services);
    assert.equal(notifications.shown.length, 1);
    assert.deepEqual(resumed, []);
  });

  it('nothing is resumed in a folder that is not trusted', async () => {
    await windowThatTrained();
    undo.push(substitute(vscode.workspace, 'isTrusted', false));
    await resumeInterrupted(services);
    assert.deepEqual(resumed, []);
  });

  it('nothing is resumed that ended, or that a person stopped', async () => {
    for (const state of ['done', 'stopped', 'failed'] as const) {
      const path = await writeRun(folder, {}, [status('training'), status('stopped')]);
      const remembering = rememberTraining(services);
      services.worker.opens(path);
      services.worker.tell({ state: 'training', runFolder: path });
      services.worker.tell({ state, runFolder: path });
      remembering.dispose();
      await resumeInterrupted(services);
      assert.deepEqual(resumed, [], state);
    }
  });

  it('nothing is resumed twice', async () => {
    await windowThatTrained();
    await resumeInterrupted(services);
    services.worker.tell({ state: 'idle' });
    await resumeInterrupted(services);
    assert.equal(resumed.length, 1);
  });

  it('a run whose folder is gone is no error', async () => {
    const path = await windowThatTrained();
    await rm(path, { recursive: true });
    await resumeInterrupted(services);
    assert.deepEqual(resumed, []);
    assert.equal(services.runs.card(basename(path)), undefined);
  });
});
