import * as vscode from 'vscode';
import { type ExportFormat, exportFormatNames, exportFormats } from '../../core/runs/exportFormats';
import { isUnderWay } from '../../core/runs/lifecycle';
import type { RunCard } from '../../protocol/lab';
import { waysOf } from '../../protocol/wire';
import { askText, type Choice, confirm, offer, pickOne } from '../dialogs';
import { plainText } from '../plainText';
import { describeError, Problem } from '../problem';
import { whileNotified, withProgress } from '../progress';
import type { Services } from '../services';
import { assertTrusted } from '../trust';
import { modelTitle } from '../words';

const { l10n } = vscode;

export async function renameRun({ runs }: Services, run: RunCard): Promise<void> {
  assertMayWrite();
  const name = await askText({
    title: l10n.t('Rename Run'),
    value: runs.ownName(run.id),
    problemOf: (text) => (text.trim() ? undefined : l10n.t('A run needs a name.')),
  });
  await runs.rename(run.id, name.trim());
}

/** In the file manager; where the files are on another machine, in the Explorer or by their path. */
export async function revealRun({ runs }: Services, run: RunCard): Promise<void> {
  const folder = vscode.Uri.file(runs.path(run.id));
  if (vscode.workspace.getWorkspaceFolder(folder)) {
    await vscode.commands.executeCommand('revealInExplorer', folder);
  } else if (vscode.env.remoteName || vscode.env.uiKind === vscode.UIKind.Web) {
    await vscode.env.clipboard.writeText(folder.fsPath);
    void offer('info', l10n.t('The path is on the clipboard: {0}', folder.fsPath));
  } else {
    await vscode.commands.executeCommand('revealFileInOS', folder);
  }
}

export async function deleteRuns({ runs }: Services, chosen: readonly RunCard[]): Promise<void> {
  assertMayWrite();
  // Of one that seems to be trained elsewhere only a look at its lock tells whether it is.
  const training = chosen.find((run) => isUnderWay(run.state) && run.elsewhere === null);
  if (training)
    throw new Problem(l10n.t('{0} is being trained. Stop it before you delete it.', training.name));
  const question =
    chosen.length === 1
      ? l10n.t('Delete the run {0}?', chosen[0]!.name)
      : l10n.t('Delete {0} runs?', chosen.length);
  await confirm(
    question,
    l10n.t("Its curves, checkpoints and settings are deleted from the disk. This can't be undone."),
    l10n.t('Delete'),
  );
  for (const run of chosen)
    if (isUnderWay(run.state))
      await withProgress(l10n.t('Deleting {0}', run.name), ({ signal, onProgress }) =>
        runs.delete(run.id, { signal, onNotice: (message) => onProgress({ message, fraction: null }) }),
      );
    else await runs.delete(run.id);
}

export async function exportModel({ runs, worker }: Services, run: RunCard): Promise<void> {
  assertTrusted(l10n.t('No model is exported from a workspace that is not trusted.'));
  const title = l10n.t('Export a model of {0}', run.name);
  const choices = run.models.map((model) => ({ label: modelTitle(model), model: model.id }));
  const { model } = choices.length === 1 ? choices[0]! : await pickOne(choices, { title });
  const { format } = await pickOne(formats(), { title });
  const workspace = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(runs.folder);
  const target = await vscode.window.showSaveDialog({
    title: plainText(title),
    defaultUri: vscode.Uri.joinPath(workspace, `${run.id}-${model}${exportFormats[format].ending}`),
    saveLabel: l10n.t('Export'),
  });
  if (!target) throw new vscode.CancellationError();
  const write = (replace: boolean) =>
    whileNotified(title, () =>
      worker.call('exportModel', runs.path(run.id), model, format, target.fsPath, replace),
    );
  // The dialog asks before a file is replaced, and says nothing of those in a folder or beside it.
  const files = await write(false).catch(async (error) => {
    if (!waysOf(error).includes('replace')) throw error;
    await confirm(l10n.t('Replace what is there?'), describeError(error), l10n.t('Replace'));
    return write(true);
  });
  void offer('info', l10n.t('Exported: {0}', files.join(', ')));
}

const assertMayWrite = () =>
  assertTrusted(l10n.t('Runs of a workspace that is not trusted are only looked at, not changed.'));

const formats = (): (Choice & { format: ExportFormat })[] =>
  exportFormatNames.map((format) => {
    const { title, description } = exportFormats[format];
    return { format, label: title, detail: l10n.t(description) };
  });
