import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { DataSpec } from '../../src/core/data/dataKinds';
import { installTensorFlow } from '../../src/host/flows/engines';
import { deleteRuns, exportModel, renameRun } from '../../src/host/flows/manageRuns';
import { Problem } from '../../src/host/problem';
import { RunStore } from '../../src/host/runStore';
import type { Services } from '../../src/host/services';
import { assertDataMayBeRead, assertMayWriteTo, assertStaysInside } from '../../src/host/trust';
import { createLabHost } from '../../src/host/views/labHost';
import { workerLaunch } from '../../src/host/workerLaunch';
import { restrictedVariable } from '../../src/protocol/worker';
import { memoryLog, substitute } from './support/doubles';
import { thisExtension } from './support/extension';
import type { FakeWorker } from './support/fakeWorker';
import { status, writeRun } from './support/runs';
import { testServices } from './support/services';

const folderData = (path: string): DataSpec => ({
  kind: 'folder',
  path,
  imageSize: 32,
  validationSplit: 0.2,
});
const refusal = async (attempt: Promise<unknown>): Promise<Problem> => {
  try {
    await attempt;
  } catch (error) {
    assert(error instanceof Problem, String(error));
    return error;
  }
  throw new Error('it was allowed');
};

describe('a workspace that is not trusted', () => {
  let workspace: string;
  let outside: string;
  let services: Services & { worker: FakeWorker } & vscode.Disposable;
  const undo: (() => void)[] = [];

  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'involution-restricted-'));
    outside = await mkdtemp(join(tmpdir(), 'involution-outside-'));
    const uri = vscode.Uri.file(workspace);
    const folder = { uri, name: 'hostile', index: 0 };
    undo.push(
      substitute(vscode.workspace, 'isTrusted', false),
      substitute(vscode.workspace, 'workspaceFolders', [folder]),
      substitute(vscode.workspace, 'getWorkspaceFolder', (file: vscode.Uri) =>
        file.path.startsWith(uri.path) ? folder : undefined,
      ),
    );
    services = testServices(join(workspace, 'runs'));
  });
  afterEach(async () => {
    services.dispose();
    for (const restore of undo.splice(0)) restore();
    for (const folder of [workspace, outside]) await rm(folder, { recursive: true, force: true });
  });

  it("has a run's data read only where it lies in the workspace", async () => {
    const inside = join(workspace, 'data', 'cat');
    await mkdir(inside, { recursive: true });
    await symlink(outside, join(workspace, 'link'));
    await assertDataMayBeRead(folderData(join(workspace, 'data')));
    await assertDataMayBeRead({ kind: 'cifar10' });
    for (const path of ['/', '/etc', outside, join(workspace, 'link'), join(workspace, '..')]) {
      const { message, cures } = await refusal(assertDataMayBeRead(folderData(path)));
      assert.match(message, /is not read, because this workspace is not trusted/, path);
      assert.deepEqual(
        cures.map(({ title }) => title),
        ['Manage Workspace Trust'],
      );
    }
    await symlink('/etc/passwd', join(inside, 'secret.png'));
    assert.match(
      (await refusal(assertDataMayBeRead(folderData(join(workspace, 'data'))))).message,
      /secret\.png/,
    );
  });

  it('does not bring the panel to read that data, in any of its sections', async () => {
    const run = basename(await writeRun(join(workspace, 'runs'), { data: folderData('/') }));
    const host = createLabHost(
      { subject: { runs: [run], section: 'data', images: [] }, isAwaited: false, progress() {} },
      services,
    );
    for (const attempt of [
      () => host.dataPreview(run),
      () => host.evaluation(run, 'involution', 'evaluation'),
      () => host.validationImages(run, [0]),
      () => host.openKernels({ validationIndex: 0 }, run, null, null, 'fit', 'kernels'),
    ])
      assert.match((await refusal(attempt())).message, /not trusted/);
    assert.deepEqual(services.worker.calls, []);
  });

  it('does not lead the store out of it: the runs folder as a link is not looked into', async () => {
    await writeRun(outside, { name: 'private' }, [status('done')]);
    await symlink(outside, join(workspace, 'linked'));
    const log = memoryLog();
    const store = new RunStore(join(workspace, 'linked'), log, assertStaysInside);
    await store.loaded();
    assert.deepEqual(store.cards(), []);
    assert.match(log.lines.join('\n'), /linked is not read, because this workspace is not trusted/);
    undo.push(substitute(vscode.workspace, 'isTrusted', true));
    await store.reconsider();
    assert.equal(store.cards().length, 1);
    store.dispose();
  });

  it('does not show a picture that lies elsewhere under a name in it', async () => {
    await symlink('/dev/zero', join(workspace, 'cat.png'));
    const host = createLabHost(
      { subject: { runs: [], section: 'kernels', images: [] }, isAwaited: false, progress() {} },
      services,
    );
    const image = { file: join(workspace, 'cat.png') };
    assert.match(
      (await refusal(host.openKernels(image, null, null, null, 'fit', 'kernels'))).message,
      /cat\.png is not read/,
    );
    assert.deepEqual(services.worker.calls, []);
  });

  it('has nothing exported, renamed, deleted, installed, trained or resumed before it is trusted', async () => {
    const folder = await writeRun(join(workspace, 'runs'), { name: 'theirs' }, [status('done')]);
    await services.runs.loaded();
    const run = services.runs.existing(basename(folder));
    for (const attempt of [
      () => exportModel(services, run),
      () => renameRun(services, run),
      () => deleteRuns(services, [run]),
      () => installTensorFlow(services),
      () => services.training.train({}),
      () => services.training.resume(folder, null, null),
    ]) {
      const { cures } = await refusal(attempt());
      assert.deepEqual(
        cures.map(({ title }) => title),
        ['Manage Workspace Trust'],
      );
    }
    assert.deepEqual(services.worker.calls, []);
  });

  it('has nothing written into it, and nothing through a link anywhere', async () => {
    await refusal(assertMayWriteTo(vscode.Uri.file(join(workspace, 'figure.png'))));
    await assertMayWriteTo(vscode.Uri.file(join(outside, 'figure.png')));
    await writeFile(join(outside, 'shellrc'), 'precious');
    await symlink(join(outside, 'shellrc'), join(outside, 'figure.png'));
    const { message } = await refusal(assertMayWriteTo(vscode.Uri.file(join(outside, 'figure.png'))));
    assert.match(message, /is a link or no file/);
  });

  it('tells its worker to download nothing', () => {
    const { extensionUri } = thisExtension();
    assert.equal(workerLaunch(extensionUri).env[restrictedVariable], '1');
    undo.push(substitute(vscode.workspace, 'isTrusted', true));
    assert.equal(workerLaunch(extensionUri).env[restrictedVariable], undefined);
  });
});
