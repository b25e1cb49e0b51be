import * as vscode from 'vscode';
import type { NetworkAnalysis } from '../../core/networkFile/analysis';
import { count } from '../format';
import { type CommandId, command } from '../ids';
import { imagesText } from './checkedImages';
import { type NetworkFiles, networkFileSelector } from './networkFiles';

const { l10n } = vscode;

/** On top of a network file: what can be done with it, and what it is checked for. */
export function showCodeLenses(files: NetworkFiles): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    files.onDidChange(() => changed.fire()),
    vscode.languages.registerCodeLensProvider(networkFileSelector, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses(document) {
        const top = new vscode.Range(0, 0, 0, 0);
        const lens = (id: CommandId, title: string, tooltip: string) =>
          new vscode.CodeLens(top, { command: command(id), title, tooltip, arguments: [document.uri] });
        const analysis = files.analysis(document);
        return [
          lens(
            'trainNetwork',
            `$(play) ${l10n.t('Train')}`,
            l10n.t('Chooses data and epochs, then trains it'),
          ),
          lens('summarizeNetwork', l10n.t('Summary'), l10n.t('Its layers as Keras prints them')),
          lens('showDiagram', l10n.t('Diagram'), l10n.t('Its layers as a picture that follows the text')),
          lens(
            'checkNetworkFor',
            l10n.t('for {0}', imagesText(analysis.use.images)),
            l10n.t('Which images the shapes and costs below are for'),
          ),
          new vscode.CodeLens(top, { command: '', title: totals(analysis) }),
        ];
      },
    }),
  );
}

function totals({ total, problems }: NetworkAnalysis): string {
  if (total)
    return l10n.t(
      '{0} parameters, {1} multiply–accumulates per image',
      count(total.parameters),
      count(total.macs),
    );
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return errors === 1 ? l10n.t('1 problem') : l10n.t('{0} problems', errors);
}
