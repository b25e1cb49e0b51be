import * as vscode from 'vscode';
import { showCodeLenses } from './codeLenses';
import { showDiagnostics } from './diagnostics';
import { showInlayHints } from './inlayHints';
import type { NetworkFiles } from './networkFiles';
import { offerQuickFixes } from './quickFixes';

/** All that the editor says of network files while they are open. */
export const supportNetworkFiles = (files: NetworkFiles): vscode.Disposable =>
  vscode.Disposable.from(
    files,
    showDiagnostics(files),
    offerQuickFixes(files),
    showInlayHints(files),
    showCodeLenses(files),
  );
