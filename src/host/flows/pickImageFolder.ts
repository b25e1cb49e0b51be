import * as vscode from 'vscode';

/** The path of a folder to train on; null when the dialog is dismissed. */
export async function pickImageFolder(): Promise<string | null> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
      openLabel: vscode.l10n.t('Train on This Folder'),
    })) ?? [];
  return folder?.fsPath ?? null;
}
