import * as vscode from 'vscode';
import { pickOne } from '../dialogs';
import { command } from '../ids';
import { Problem } from '../problem';
import { isNetworkFile, networkFileEnding } from './networkFiles';

const { l10n } = vscode;
/** Of a workspace that has more, the first are offered. */
const mostOffered = 500;

/** The file that a command was called for, else the one in the editor, else one that is picked. */
export async function chooseFile(argument: unknown, title: string): Promise<vscode.TextDocument> {
  if (argument instanceof vscode.Uri) return vscode.workspace.openTextDocument(argument);
  const active = vscode.window.activeTextEditor?.document;
  if (active && isNetworkFile(active)) return active;
  const files = await vscode.workspace.findFiles(
    `**/*${networkFileEnding}`,
    '**/node_modules/**',
    mostOffered,
  );
  if (files.length === 0) throw noFiles();
  const choices = files.map((uri) => ({ uri, label: vscode.workspace.asRelativePath(uri) }));
  const { uri } = await pickOne(choices, { title });
  return vscode.workspace.openTextDocument(uri);
}

const noFiles = () =>
  new Problem(l10n.t('There is no network file here: a file whose name ends with {0}.', networkFileEnding), [
    {
      title: l10n.t('New Network File…'),
      run: () => vscode.commands.executeCommand(command('newNetworkFile')),
    },
  ]);
