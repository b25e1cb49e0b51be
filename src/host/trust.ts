import { lstat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { DataSpec } from '../core/data/dataKinds';
import { findIrregular, isNetworkPath, isReallyWithin, isWrittenWithin } from '../node/files/within';
import { singleLine } from './plainText';
import { Problem } from './problem';

/** What a workspace that nobody trusts may bring about: its runs are looked at, and that is all. */

/** Throws a Problem in Restricted Mode that says what is not done there. */
export function assertTrusted(refusal: string): void {
  if (!vscode.workspace.isTrusted) throw untrusted(refusal);
}

/**
 * In Restricted Mode, throws a Problem for a path that comes with the workspace and leads out of it. One that is outside
 * to begin with was chosen by the person, in a dialog or in the user's settings.
 */
export async function assertStaysInside(path: string): Promise<void> {
  if (vscode.workspace.isTrusted) return;
  for (const folder of workspacePaths())
    if (isWrittenWithin(path, folder) && !(await isReallyWithin(path, folder))) throw leadsOut(path);
}

/**
 * In Restricted Mode, throws a Problem for the data of a run unless it lies in the workspace, without links. Runs come
 * with the workspace: their data may name any path. CIFAR-10 the worker takes from its cache only.
 */
export async function assertDataMayBeRead(data: DataSpec): Promise<void> {
  if (vscode.workspace.isTrusted || data.kind !== 'folder') return;
  const { path } = data;
  if (isNetworkPath(path)) throw leadsOut(path);
  for (const folder of workspacePaths()) {
    if (!(await isReallyWithin(path, folder))) continue;
    const irregular = await findIrregular(path).catch(() => null);
    if (irregular) throw leadsOut(irregular);
    return;
  }
  throw leadsOut(path);
}

/**
 * Throws a Problem for a file that must not be written: in Restricted Mode one in the workspace, and always a link, which
 * would have something else overwritten than what it is called.
 */
export async function assertMayWriteTo(target: vscode.Uri): Promise<void> {
  if (vscode.workspace.getWorkspaceFolder(target)) {
    assertTrusted(
      vscode.l10n.t('Nothing is written into a workspace that is not trusted. Choose a place outside of it.'),
    );
  }
  if (target.scheme !== 'file') return;
  const found = await lstat(target.fsPath).catch(() => null);
  if (found && !found.isFile()) {
    throw new Problem(
      vscode.l10n.t(
        '{0} is a link or no file: nothing is written through it. Choose another name.',
        target.fsPath,
      ),
    );
  }
}

function workspacePaths(): string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}

function leadsOut(path: string): Problem {
  return untrusted(
    vscode.l10n.t(
      '{0} is not read, because this workspace is not trusted and the path leads, or may lead, out of it.',
      singleLine(path),
    ),
  );
}

function untrusted(message: string): Problem {
  return new Problem(message, [
    {
      title: vscode.l10n.t('Manage Workspace Trust'),
      run: () => vscode.commands.executeCommand('workbench.trust.manage'),
    },
  ]);
}
