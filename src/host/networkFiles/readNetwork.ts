import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { NetworkSpec } from '../../core/network/network';
import { NetworkError } from '../../core/network/networkError';
import { parseNetwork } from '../../core/network/parse';
import { Problem } from '../problem';
import { sentence } from '../words';

const { l10n } = vscode;

/** The network of a file as it is in the editor. Throws a Problem that says what is wrong with it, and shows where. */
export function readNetwork(document: vscode.TextDocument): NetworkSpec {
  const file = basename(document.fileName);
  try {
    return parseNetwork(JSON.parse(document.getText()));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw wrong(document, l10n.t('{0} is not JSON yet: {1}', file, error.message));
    if (!(error instanceof NetworkError)) throw error;
    const [first] = error.problems;
    throw wrong(document, l10n.t('{0} is not a network yet: {1}.', file, sentence(first!.words)));
  }
}

/** What is wrong stands in the list of problems too. */
export const wrong = ({ uri }: vscode.TextDocument, message: string): Problem =>
  new Problem(message, [
    {
      title: l10n.t('Show Problems'),
      async run() {
        await vscode.window.showTextDocument(uri);
        await vscode.commands.executeCommand('workbench.actions.view.problems');
      },
    },
  ]);
