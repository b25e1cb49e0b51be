import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { loggedError, Problem } from './problem';
import { reportError } from './reporting';
import { locateRunsFolder, UnresolvedSetting } from './runsFolder';
import { defaultRunsFolder, readSettings, settingsSection } from './settings';

const { l10n } = vscode;

/** Where this window keeps its runs, by the settings and the workspace. */
export class RunsLocation {
  #latest: string;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#latest = this.#locate(defaultRunsFolder);
    try {
      this.#latest = this.current();
    } catch (error) {
      // Every window begins with this: who has not asked for runs is not told.
      log.error(loggedError(error));
    }
  }

  /** The last folder that could be made out: where runs are looked for. */
  get latest(): string {
    return this.#latest;
  }

  /** Reads the setting again. When it names no folder, says so and stays with the last one that did. */
  look(): string {
    try {
      this.#latest = this.current();
    } catch (error) {
      reportError(this.log, error);
    }
    return this.#latest;
  }

  /** Throws a Problem when the setting names no folder. */
  current(): string {
    const setting = readSettings().runsFolder;
    try {
      return this.#locate(setting);
    } catch (error) {
      if (!(error instanceof UnresolvedSetting)) throw error;
      throw new Problem(describe(error, setting, this.#latest), [
        {
          title: l10n.t('Open Setting'),
          run: () =>
            vscode.commands.executeCommand('workbench.action.openSettings', `${settingsSection}.runsFolder`),
        },
      ]);
    }
  }

  #locate(setting: string): string {
    const folders = vscode.workspace.workspaceFolders ?? [];
    return locateRunsFolder(setting, {
      workspaceFolders: folders
        .filter(({ uri }) => uri.scheme === 'file')
        .map(({ name, uri }) => ({ name, path: uri.fsPath })),
      home: homedir(),
      environment: process.env,
      extensionStorage: this.context.globalStorageUri.fsPath,
      platform: process.platform,
    });
  }
}

function describe({ variable, reason }: UnresolvedSetting, setting: string, latest: string): string {
  const why = {
    unknown: l10n.t('{0} is not known here', variable),
    'no folder open': l10n.t('no folder is open that {0} could stand for', variable),
    'no such folder': l10n.t('the workspace has no folder that {0} could stand for', variable),
    'not set': l10n.t('the environment variable of {0} is not set', variable),
  }[reason];
  return l10n.t(
    'The setting {0} ("{1}") names no folder: {2}. Until it is corrected nothing is trained, and the runs shown are those of {3}.',
    `${settingsSection}.runsFolder`,
    setting,
    why,
    latest,
  );
}
