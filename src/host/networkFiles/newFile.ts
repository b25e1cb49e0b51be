import * as vscode from 'vscode';
import type { NetworkSpec } from '../../core/network/network';
import { networkText } from '../../core/networkFile/networkText';
import { networkFileEnding } from './networkFiles';

/** Opens a network in a file that is not saved yet, under a name that is free where it would go. */
export async function openAsNewFile(network: NetworkSpec, name: string): Promise<vscode.TextDocument> {
  const uri = await freeUri(name.replaceAll(/[^\w.-]+/g, '-'));
  const document = await vscode.workspace.openTextDocument(uri);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(uri, new vscode.Position(0, 0), networkText(network));
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(document, { preview: false });
  return document;
}

async function freeUri(name: string): Promise<vscode.Uri> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  for (let n = 1; ; n++) {
    const file = `${n === 1 ? name : `${name}-${n}`}${networkFileEnding}`;
    const target = folder && vscode.Uri.joinPath(folder, file);
    // Saved, it goes to where the window's files are: VS Code knows by the path.
    const uri = target
      ? target.with({ scheme: 'untitled' })
      : vscode.Uri.from({ scheme: 'untitled', path: file });
    const isOpen = vscode.workspace.textDocuments.some((each) => each.uri.path === uri.path);
    if (!isOpen && !(target && (await exists(target)))) return uri;
  }
}

const exists = (uri: vscode.Uri): Promise<boolean> =>
  Promise.resolve(vscode.workspace.fs.stat(uri)).then(
    () => true,
    () => false,
  );
