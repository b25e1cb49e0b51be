import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { Problem } from './problem';
import { readSettings, settingsSection } from './settings';
import type { WorkerLaunch } from './workerClient';

/** How the worker is started, by the settings. Throws a Problem when `nodePath` names no file. */
export function workerLaunch(extensionUri: vscode.Uri): WorkerLaunch {
  const { nodePath } = readSettings();
  const modulePath = vscode.Uri.joinPath(extensionUri, 'dist', 'worker.mjs').fsPath;
  if (!nodePath) {
    // VS Code's own executable, told to be Node.js.
    return { modulePath, execPath: process.execPath, env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } };
  }
  if (!existsSync(nodePath)) throw noSuchNode(nodePath);
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  return { modulePath, execPath: nodePath, env };
}

function noSuchNode(nodePath: string): Problem {
  return new Problem(
    vscode.l10n.t(
      'The worker process can’t be started: there is no {0}. Correct the setting {1}, or clear it to use the Node.js of VS Code.',
      nodePath,
      `${settingsSection}.nodePath`,
    ),
    [
      {
        title: vscode.l10n.t('Open Setting'),
        run: () =>
          vscode.commands.executeCommand('workbench.action.openSettings', `${settingsSection}.nodePath`),
      },
    ],
  );
}
