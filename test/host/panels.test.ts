import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { KernelSession } from '../../src/core/kernels/session';
import { DataChoices } from '../../src/host/dataChoices';
import { visualizeKernels } from '../../src/host/flows/visualizeKernels';
import { Problem } from '../../src/host/problem';
import type { Services } from '../../src/host/services';
import { createLabHost } from '../../src/host/views/labHost';
import { LabPanels } from '../../src/host/views/labPanel';
import type { LabSection, LabSubject } from '../../src/protocol/lab';
import type { DataPreview, NetworkSummary, RunEvaluation } from '../../src/protocol/worker';
import { answerNotifications, substitute, until } from './support/doubles';
import type { FakeWorker } from './support/fakeWorker';
import { batch, epoch, status, writeRun } from './support/runs';
import { testServices } from './support/services';

const tabs = () =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('involutionLab.lab'),
    );
const labTabs = () => tabs().map(({ label }) => label);

describe('the editor panels', () => {
  let folder: string;
  let services: Services & { worker: FakeWorker } & vscode.Disposable;
  let panels: LabPanels;
  const undo: (() => void)[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'involution-panels-'));
    services = testServices(folder);
    panels = new LabPanels(services);
  });
  afterEach(async () => {
    for (const restore of undo.splice(0)) restore();
    await vscode.window.tabGroups.close(tabs());
    panels.dispose();
    services.dispose();
    await until(() => labTabs().length === 0);
    await rm(folder, { recursive: true, force: true });
  });

  const open = (...runs: string[]) => panels.open({ runs, section: 'charts', images: [] });

  it('are one a run and one a comparison, whatever the order', async () => {
    const one = basename(await writeRun(folder, { name: 'one' }, [status('training'), epoch(1, 0.5)]));
    const two = basename(await writeRun(folder, { name: 'two' }));
    await services.runs.loaded();
    open(one);
    open(two);
    open(one, two);
    open(two, one);
    open(one);
    await until(() => labTabs().length === 3 && labTabs().includes('one'));
    assert.deepEqual(labTabs().sort(), ['Compare one, two', 'one', 'two']);
  });

  it('are there before their run is, and become its own; one that was closed meanwhile stays so', async () => {
    const id = basename(await writeRun(folder, { name: 'new one' }));
    await services.runs.loaded();
    const [first, second, third] = [panels.expect(), panels.expect(), panels.expect()];
    await until(() => labTabs().length === 3);
    assert.deepEqual([...new Set(labTabs())], ['Involution Lab']);
    second.close();
    third.close();
    first.show(id);
    second.show(id);
    await until(() => labTabs().length === 1 && labTabs()[0] === 'new one');
    open(id);
    await until(() => labTabs().length === 1);
  });

  it('follow the name of their run', async () => {
    const id = basename(await writeRun(folder, { name: 'before' }));
    await services.runs.loaded();
    open(id);
    await until(() => labTabs().includes('before'));
    await services.runs.rename(id, 'after');
    await until(() => labTabs().includes('after'));
  });

  it('show untrained kernels of an image when there is no run, and offer to train one', async () => {
    const notifications = answerNotifications('showInformationMessage');
    undo.push(notifications.restore);
    await visualizeKernels(services, panels, [vscode.Uri.file('/tmp/cat.png')]);
    await until(() => labTabs().length === 1);
    assert.match(notifications.shown[0]!.message, /kernels of an untrained network/);
    assert.deepEqual(notifications.shown[0]!.buttons, ['Train One']);
  });

  it('show the kernels of the latest run of a network that has some', async () => {
    await writeRun(folder, { name: 'without', models: ['convolution'] });
    await writeRun(folder, { name: 'static', models: ['convolution', 'static'] });
    const notifications = answerNotifications('showInformationMessage');
    undo.push(notifications.restore);
    await visualizeKernels(services, panels, [vscode.Uri.file('/tmp/cat.png')]);
    await until(() => labTabs().includes('static'));
    assert.deepEqual(notifications.shown, []);
  });

  it('take so many images and runs as they can, and say so', async () => {
    const notifications = answerNotifications('showWarningMessage');
    undo.push(notifications.restore);
    const images = Array.from({ length: 1001 }, (_, i) => vscode.Uri.file(`/tmp/${i}.png`));
    await visualizeKernels(services, panels, images.slice(0, 201));
    assert.equal(notifications.shown.length, 0);
    await visualizeKernels(services, panels, images);
    assert.match(notifications.shown[0]!.message, /first 1000 of 1001 images are shown/);
    await until(() => labTabs().length === 1);
    open(...Array.from({ length: 51 }, (_, i) => `run-${i}`));
    await until(() => labTabs().length === 2);
    assert.match(notifications.shown[1]!.message, /first 50 of 51 runs are compared/);
    assert.equal(notifications.shown.length, 2);
  });

  it('refuse what is no image, or no file', async () => {
    const refusal = async (uri: vscode.Uri) => {
      await assert.rejects(visualizeKernels(services, panels, [uri]), (error) => error instanceof Problem);
      return visualizeKernels(services, panels, [uri]).catch(({ message }) => message);
    };
    assert.match(await refusal(vscode.Uri.file('/tmp/notes.txt')), /not an image of a known kind/);
    assert.match(
      await refusal(vscode.Uri.parse('git:/tmp/cat.png')),
      /is not on the disk \(git\). Save it as a file first/,
    );
    assert.deepEqual(labTabs(), []);
  });
});

describe('what a panel asks for', () => {
  let folder: string;
  let services: Services & { worker: FakeWorker } & vscode.Disposable;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'involution-lab-host-'));
    services = testServices(folder);
  });
  afterEach(async () => {
    services.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  function page(runs: string[]) {
    const subject: LabSubject = { runs, section: 'charts', images: [] };
    return { subject, isAwaited: false, progress: () => {} };
  }

  it('it is told at once, the runs first that it shows', async () => {
    const shown = basename(await writeRun(folder, { name: 'shown' }));
    const other = basename(await writeRun(folder, { name: 'other' }));
    const state = await createLabHost(page([shown, 'gone']), services).ready();
    assert.deepEqual(
      state.shown.map(({ id }) => id),
      [shown],
    );
    assert.deepEqual(
      state.others.map(({ id }) => id),
      [other],
    );
    assert.deepEqual(state.preferences, { smoothing: 0.8, colorMap: 'viridis' });
  });

  it('it is told of a run that began after the folder was read', async () => {
    await services.runs.loaded();
    const id = basename(await writeRun(folder, {}, [batch(1, 2)]));
    const host = createLabHost(page([id]), services);
    assert.deepEqual(
      (await host.ready()).shown.map((card) => card.id),
      [id],
    );
  });

  it('kernels that went with their worker are opened again, and nobody notices', async () => {
    const id = basename(await writeRun(folder, {}));
    let opened = 0;
    let living = '';
    const session = { id: '', epoch: 1 } as KernelSession;
    services.worker.answers.openKernels = async (request) => {
      const runFolder = services.runs.path(id);
      assert.deepEqual(request.source, { runFolder, model: 'involution', epoch: null });
      living = `worker session ${++opened}`;
      return { ...session, id: living };
    };
    services.worker.answers.kernelMap = async (wanted) => {
      if (wanted !== living) throw Object.assign(new Error('gone'), { name: 'UnknownSessionError' });
      const values = new Float32Array([opened]);
      return { statistic: 'sum', height: 1, width: 1, values, minimum: 0, maximum: 0, constant: null };
    };
    const host = createLabHost(page([id]), services);
    const { id: kernels } = await host.openKernels(
      { file: '/tmp/cat.png' },
      id,
      'involution',
      null,
      'fit',
      'kernels',
    );
    assert.equal((await host.kernelMap(kernels, 'inv_1', 'all', null)).values[0], 1);
    living = 'none, the worker died';
    assert.equal((await host.kernelMap(kernels, 'inv_1', 'all', null)).values[0], 2);
    await assert.rejects(host.kernelMap('never opened', 'inv_1', 'all', null), /no such kernels/i);
  });

  it('kernels without a run are those of the first model of the form that has some, else of the example', async () => {
    const sources: unknown[] = [];
    services.worker.answers.openKernels = async ({ source }) => {
      sources.push('untrained' in source && source.untrained?.title);
      return { id: 'kernels' } as KernelSession;
    };
    const host = createLabHost(page([]), services);
    const open = () => host.openKernels({ file: '/tmp/cat.png' }, null, null, null, 'fit', 'kernels');
    await open();
    const rednet = { preset: 'rednet', parameters: { depth: 38 } };
    await services.form.remember({ models: ['convolution', rednet, 'involution'] });
    await open();
    await services.form.remember({ models: ['convolution'] });
    await open();
    assert.deepEqual(sources, [undefined, 'RedNet (depth 38)', undefined]);
  });

  it('several images can be waited for at once, and cancelled together', async () => {
    const waiting: (() => void)[] = [];
    services.worker.answers.openKernels = () =>
      new Promise((resolve) => {
        waiting.push(() => resolve({ id: 'kernels' } as KernelSession));
      });
    const host = createLabHost(page([]), services);
    const open = () => host.openKernels({ file: '/tmp/cat.png' }, null, null, null, 'fit', 'kernels');
    const both = [open(), open()];
    await until(() => waiting.length === 2);
    for (const finish of waiting) finish();
    assert.equal((await Promise.all(both)).length, 2);
    const cancelled = Promise.allSettled([open(), open()]);
    await host.cancel('kernels');
    for (const { status } of await cancelled) assert.equal(status, 'rejected');
  });

  it('a section cancels what it waits for itself, and nothing of another', async () => {
    const waiting: (() => void)[] = [];
    services.worker.answers.openKernels = () =>
      new Promise((resolve) => {
        waiting.push(() => resolve({ id: 'kernels' } as KernelSession));
      });
    const host = createLabHost(page([]), services);
    const open = (section: LabSection) =>
      host.openKernels({ file: '/tmp/cat.png' }, null, null, null, 'fit', section);
    const both = Promise.allSettled([open('kernels'), open('learn')]);
    await until(() => waiting.length === 2);
    await host.cancel('learn');
    for (const finish of waiting) finish();
    assert.deepEqual(
      (await both).map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
  });

  it('each model of a run is summed up for its data, in the order of the run', async () => {
    const models = ['convolution', { preset: 'involution', parameters: { kernelSize: 5 } }];
    const id = basename(await writeRun(folder, { models }));
    await services.runs.loaded();
    services.worker.answers.summary = async ({ name }, shape, classes) =>
      ({ name, text: `${name} ${shape} ${classes}` }) as NetworkSummary;
    const summaries = await createLabHost(page([id]), services).summaries(id);
    assert.deepEqual(
      summaries.map(({ model, network }) => [model, network.text]),
      [
        [{ id: 'convolution', title: 'Convolution' }, 'sequential 32,32,3 2'],
        [{ id: 'involution', title: 'Involution (kernelSize 5)' }, 'inv_model 32,32,3 2'],
      ],
    );
  });

  it('a run that is gone is an error that says so', async () => {
    const host = createLabHost(page([]), services);
    await assert.rejects(host.summaries('gone'), /The run gone is not there any more/);
  });

  it('a run whose data moved is read where a person says that it is, in this window and the next', async () => {
    const data = { kind: 'folder' as const, path: '/nowhere/pets' };
    const id = basename(await writeRun(folder, { data }));
    const asked: unknown[] = [];
    services.worker.answers.dataPreview = async (_, choice) => {
      asked.push(choice);
      if (choice.folder === null)
        throw Object.assign(new Error('The image folder does not exist.'), { ways: ['folder'] });
      return {} as DataPreview;
    };
    const host = createLabHost(page([id]), services);
    await assert.rejects(host.dataPreview(id), ({ ways }: { ways: string[] }) => ways.join() === 'folder');
    const answers = [undefined, [vscode.Uri.file('/elsewhere/pets')]];
    const restore = substitute(vscode.window, 'showOpenDialog', async () => answers.shift());
    try {
      assert.equal(await host.chooseDataFolder(id), false);
      await assert.rejects(host.dataPreview(id));
      assert.equal(await host.chooseDataFolder(id), true);
    } finally {
      restore();
    }
    await host.dataPreview(id);
    assert.deepEqual(asked.at(-1), { folder: '/elsewhere/pets', anyway: false });
    assert.deepEqual(new DataChoices(services.context.workspaceState).of(id), asked.at(-1));
    assert.deepEqual(services.data.of('__proto__'), { folder: null, anyway: false });
  });

  it('a run whose data changed is shown all the same when a person says so, until the window is gone', async () => {
    const id = basename(await writeRun(folder, {}));
    const asked: unknown[] = [];
    services.worker.answers.evaluate = async (_, __, choice) => {
      asked.push(choice);
      return {} as RunEvaluation;
    };
    services.worker.answers.validationImages = async (_, __, choice) => {
      asked.push(choice);
      return [];
    };
    services.worker.answers.openKernels = async ({ image }) => {
      asked.push('data' in image && image.data);
      return { id: 'kernels' } as KernelSession;
    };
    const host = createLabHost(page([id]), services);
    await host.evaluation(id, 'involution', 'evaluation');
    await host.useDataAnyway(id);
    await host.evaluation(id, 'involution', 'evaluation');
    await host.validationImages(id, [1]);
    await host.openKernels({ validationIndex: 0 }, id, null, null, 'fit', 'kernels');
    const anyway = { folder: null, anyway: true };
    assert.deepEqual(asked, [{ folder: null, anyway: false }, anyway, anyway, anyway]);
    assert.equal(new DataChoices(services.context.workspaceState).of(id).anyway, false);
    // There is no folder to choose for shapes.
    assert.equal(await host.chooseDataFolder(id), false);
  });
});
