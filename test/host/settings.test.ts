import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { Problem } from '../../src/host/problem';
import { locateRunsFolder } from '../../src/host/runsFolder';
import { readSettings, settingsSection } from '../../src/host/settings';
import { workerLaunch } from '../../src/host/workerLaunch';
import { substitute } from './support/doubles';
import { thisExtension } from './support/extension';

describe('the settings', () => {
  let restore = () => {};
  afterEach(() => {
    restore();
    restore = () => {};
  });

  /** As if these were written in settings.json. */
  function stored(values: Record<string, unknown>): void {
    restore = substitute(vscode.workspace, 'getConfiguration', (section: string) => {
      assert.equal(section, settingsSection);
      return { get: (key: string) => values[key] };
    });
  }

  it('have the defaults of the manifest', () => {
    assert.deepEqual(readSettings(), {
      engine: 'auto',
      resumeAfterReload: 'automatic',
      notifyWhenDone: true,
      runsFolder: '.involution/runs',
      smoothing: 0,
      colorMap: 'viridis',
      nodePath: '',
    });
  });

  it('are read as they are written', () => {
    stored({
      engine: 'wasm',
      'charts.smoothing': 0.6,
      'kernels.colorMap': 'diverging',
      nodePath: ' /opt/node ',
    });
    const { engine, smoothing, colorMap, nodePath } = readSettings();
    assert.deepEqual(
      { engine, smoothing, colorMap, nodePath },
      {
        engine: 'wasm',
        smoothing: 0.6,
        colorMap: 'diverging',
        nodePath: '/opt/node',
      },
    );
  });

  it("fall back to the default where a value can't be right", () => {
    stored({
      engine: 'cuda',
      'charts.smoothing': 7,
      runsFolder: '  ',
      notifyWhenDone: 'yes',
      nodePath: null,
    });
    const { engine, smoothing, runsFolder, notifyWhenDone, nodePath } = readSettings();
    assert.deepEqual(
      { engine, smoothing, runsFolder, notifyWhenDone, nodePath },
      {
        engine: 'auto',
        smoothing: 0,
        runsFolder: '.involution/runs',
        notifyWhenDone: true,
        nodePath: '',
      },
    );
  });

  it("put the runs into the workspace, at an absolute path, or into the extension's storage", () => {
    const [workspace, storage] = [join('/', 'work space'), join('/', 'storage')];
    assert.equal(
      locateRunsFolder('.involution/runs', workspace, storage),
      join(workspace, '.involution', 'runs'),
    );
    assert.equal(locateRunsFolder(join('/', 'runs'), workspace, storage), join('/', 'runs'));
    assert.equal(locateRunsFolder('.involution/runs', undefined, storage), join(storage, 'runs'));
  });

  it("start the worker with the Node.js of VS Code, without this process's flags", () => {
    const { modulePath, execPath, env, args } = workerLaunch(thisExtension().extensionUri);
    assert.equal(modulePath, join(thisExtension().extensionPath, 'dist', 'worker.mjs'));
    assert.equal(execPath, process.execPath);
    assert.equal(env.ELECTRON_RUN_AS_NODE, '1');
    assert.deepEqual(args, ['auto']);
  });

  it('give the worker the translations of a display language that has some', () => {
    const bundle = vscode.Uri.file('/extension/l10n/bundle.zh-cn.json');
    restore = substitute(vscode.l10n, 'uri', bundle);
    const { args } = workerLaunch(thisExtension().extensionUri);
    assert.deepEqual(args, ['auto', bundle.fsPath]);
  });

  it('start the worker with the Node.js of nodePath', () => {
    stored({ nodePath: process.execPath, engine: 'cpu' });
    const { execPath, env, args } = workerLaunch(thisExtension().extensionUri);
    assert.equal(execPath, process.execPath);
    assert.equal(env.ELECTRON_RUN_AS_NODE, undefined);
    assert.deepEqual(args, ['cpu']);
  });

  it('say when nodePath names no file, and lead to it', () => {
    stored({ nodePath: '/nowhere/node' });
    assert.throws(
      () => workerLaunch(thisExtension().extensionUri),
      (error: unknown) => {
        assert(error instanceof Problem);
        assert.match(
          error.message,
          /there is no \/nowhere\/node\. Correct the setting involutionLab\.nodePath/,
        );
        assert.deepEqual(
          error.cures.map(({ title }) => title),
          ['Open Setting'],
        );
        return true;
      },
    );
  });
});
