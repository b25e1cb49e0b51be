import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { Problem } from '../../src/host/problem';
import { RunsLocation } from '../../src/host/runsLocation';
import { readSettings, settingsSection } from '../../src/host/settings';
import { workerLaunch } from '../../src/host/workerLaunch';
import { answerNotifications, memoryLog, substitute } from './support/doubles';
import { thisExtension } from './support/extension';

describe('the settings', () => {
  let restore = () => {};
  afterEach(() => {
    restore();
    restore = () => {};
  });

  /** As if these were written in settings.json: ours, and VS Code's own of the network. */
  function stored(values: Record<string, unknown>, http: Record<string, unknown> = {}): void {
    const sections: Record<string, Record<string, unknown>> = { [settingsSection]: values, http };
    restore = substitute(vscode.workspace, 'getConfiguration', (section: string) => {
      assert.ok(section in sections, section);
      return { get: (key: string) => sections[section]![key] };
    });
  }

  it('have the defaults of the manifest', () => {
    assert.deepEqual(readSettings(), {
      engine: 'auto',
      resumeAfterReload: 'automatic',
      notifyWhenDone: true,
      runsFolder: '.involution/runs',
      smoothing: 0.8,
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
        smoothing: 0.8,
        runsFolder: '.involution/runs',
        notifyWhenDone: true,
        nodePath: '',
      },
    );
  });

  it('put the runs into the workspace, and say so when they name no folder', async () => {
    const context = { globalStorageUri: vscode.Uri.file('/storage') } as vscode.ExtensionContext;
    const [{ uri }] = vscode.workspace.workspaceFolders as [vscode.WorkspaceFolder];
    const { shown, restore: unanswer } = answerNotifications('showErrorMessage');
    try {
      const location = new RunsLocation(context, memoryLog());
      assert.equal(location.latest, join(uri.fsPath, '.involution', 'runs'));
      stored({ runsFolder: '~/runs' });
      assert.equal(location.look(), join(homedir(), 'runs'));
      assert.equal(shown.length, 0);
      stored({ runsFolder: '$' + '{nowhere}/runs' });
      // A window that begins is not the place to say so.
      assert.equal(new RunsLocation(context, memoryLog()).latest, join(uri.fsPath, '.involution', 'runs'));
      await new Promise((resolve) => setTimeout(resolve, 10));
      assert.equal(shown.length, 0);
      assert.equal(location.look(), join(homedir(), 'runs'));
      assert.throws(() => location.current(), Problem);
      await new Promise((resolve) => setTimeout(resolve, 10));
      assert.match(
        shown[0]!.message,
        /runsFolder .* names no folder: .*nowhere} is not known here.*nothing is trained/,
      );
      assert.deepEqual(shown[0]!.buttons, ['Open Setting', 'Show Log']);
    } finally {
      unanswer();
    }
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

  it('give the worker the proxy of VS Code', () => {
    stored({ nodePath: process.execPath }, { proxy: 'http://proxy.example:3128', noProxy: ['localhost'] });
    const { HTTPS_PROXY, https_proxy, NO_PROXY } = workerLaunch(thisExtension().extensionUri).env;
    assert.deepEqual(
      [HTTPS_PROXY, https_proxy, NO_PROXY],
      ['http://proxy.example:3128', 'http://proxy.example:3128', 'localhost'],
    );
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
