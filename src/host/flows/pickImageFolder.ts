import * as vscode from 'vscode';

/** The path of a folder of images; null when the dialog is dismissed. `label`: on the button that takes it. */
export async function pickImageFolder(label: string): Promise<string | null> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
      openLabel: label,
    })) ?? [];
  return folder?.fsPath ?? null;
}
