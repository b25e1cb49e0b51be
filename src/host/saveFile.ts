import * as vscode from 'vscode';
import { assertMayWriteTo } from './trust';

/** Asks where to, beginning in the workspace, or in `folder` where there is none; false when the dialog is dismissed. */
export async function saveFile(folder: vscode.Uri, name: string, bytes: Uint8Array): Promise<boolean> {
  const begin = vscode.workspace.workspaceFolders?.[0]?.uri ?? folder;
  const target = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.joinPath(begin, name) });
  if (!target) return false;
  await assertMayWriteTo(target);
  await vscode.workspace.fs.writeFile(target, bytes);
  return true;
}
