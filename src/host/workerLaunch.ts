import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { tensorFlowEnvironment } from '../engines/tensorflow/environment';
import { installationFile, tensorFlowFolder } from '../engines/tensorflow/installation';
import { restrictedVariable } from '../protocol/worker';
import { networkEnvironment } from './networkEnvironment';
import { Problem } from './problem';
import { readSettings, settingsSection } from './settings';
import type { WorkerLaunch } from './workerClient';

/** How the worker is started, by the settings. Throws a Problem when `nodePath` names no file. */
export function workerLaunch(extensionUri: vscode.Uri): WorkerLaunch {
  const { nodePath, engine } = readSettings();
  const modulePath = vscode.Uri.joinPath(extensionUri, 'dist', 'worker.mjs').fsPath;
  const translations = vscode.l10n.uri?.fsPath;
  const args = [engine, ...(translations ? [translations] : [])];
  const http = vscode.workspace.getConfiguration('http');
  const { ELECTRON_RUN_AS_NODE: _, ...inherited } = {
    ...memoryEnvironment(),
    ...process.env,
    ...networkEnvironment((name) => http.get(name)),
  };
  // A constant for the process: it is forked anew when the workspace becomes trusted.
  const env = { ...inherited, [restrictedVariable]: vscode.workspace.isTrusted ? undefined : '1' };
  if (!nodePath) {
    // VS Code's own executable, told to be Node.js.
    return { modulePath, args, execPath: process.execPath, env: { ...env, ELECTRON_RUN_AS_NODE: '1' } };
  }
  if (!existsSync(nodePath)) throw noSuchNode(nodePath);
  return { modulePath, args, execPath: nodePath, env };
}

/** What TensorFlow wants of the C library, where it may be used; nobody else needs it. */
function memoryEnvironment(): NodeJS.ProcessEnv {
  const isInstalled = existsSync(join(tensorFlowFolder(), installationFile));
  return isInstalled ? tensorFlowEnvironment : {};
}

function noSuchNode(nodePath: string): Problem {
  return new Problem(
    vscode.l10n.t(
      "The worker process can't be started: there is no {0}. Correct the setting {1}, or clear it to use the Node.js of VS Code.",
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
