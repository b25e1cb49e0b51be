import * as vscode from 'vscode';
import type { FileProblem } from '../../core/networkFile/analysis';
import type { Words } from '../../core/words';
import { singleLine } from '../plainText';
import { sentence } from '../words';
import { isNetworkFile, type NetworkFiles } from './networkFiles';
import { rangeIn } from './ranges';

const severities: Record<FileProblem['severity'], vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
};

/** What is wrong with each network file that is open, as it is written. */
export function showDiagnostics(files: NetworkFiles): vscode.Disposable {
  const diagnostics = vscode.languages.createDiagnosticCollection('involution');
  const show = (document: vscode.TextDocument) => {
    if (isNetworkFile(document)) diagnostics.set(document.uri, diagnosticsOf(document, files));
  };
  const showAll = () => vscode.workspace.textDocuments.forEach(show);
  showAll();
  return vscode.Disposable.from(
    diagnostics,
    files.onDidChange(showAll),
    vscode.workspace.onDidOpenTextDocument(show),
    vscode.workspace.onDidChangeTextDocument(({ document }) => show(document)),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => diagnostics.delete(uri)),
  );
}

function diagnosticsOf(document: vscode.TextDocument, files: NetworkFiles): vscode.Diagnostic[] {
  return files.analysis(document).problems.map(({ range, words, severity }) => {
    const diagnostic = new vscode.Diagnostic(
      rangeIn(document, range),
      problemText(words),
      severities[severity],
    );
    diagnostic.source = 'Involution';
    return diagnostic;
  });
}

/** On its own: "There is no field …", but "groups must be …". */
export function problemText(words: Words): string {
  const text = singleLine(sentence(words));
  return words[0].startsWith('{') ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
