import * as vscode from 'vscode';
import { type NetworkFiles, networkFileSelector } from './networkFiles';
import { rangeIn } from './ranges';

const kind = vscode.CodeActionKind.QuickFix;

/** Where it is clear what is meant, or what would fit: "Change to 32". */
export function offerQuickFixes(files: NetworkFiles): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    networkFileSelector,
    {
      provideCodeActions: (document, selected, { diagnostics }) =>
        files.analysis(document).problems.flatMap((problem) => {
          const marked = rangeIn(document, problem.range);
          if (!marked.intersection(selected)) return [];
          return problem.fixes.map(({ range, text }, i) => {
            const action = new vscode.CodeAction(vscode.l10n.t('Change to {0}', text), kind);
            action.edit = new vscode.WorkspaceEdit();
            action.edit.replace(document.uri, rangeIn(document, range), text);
            action.diagnostics = diagnostics.filter((each) => each.range.isEqual(marked));
            action.isPreferred = i === 0;
            return action;
          });
        }),
    },
    { providedCodeActionKinds: [kind] },
  );
}
