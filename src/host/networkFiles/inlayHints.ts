import * as vscode from 'vscode';
import type { PlacedLayer } from '../../core/network/place';
import { shapeText } from '../../core/network/shape';
import { readableSize } from '../../core/network/summaryTable';
import { count } from '../format';
import { type NetworkFiles, networkFileSelector } from './networkFiles';

const { l10n } = vscode;
const floatBytes = 4;

/** What each layer gives, and how many parameters it has. */
export function showInlayHints(files: NetworkFiles): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    files.onDidChange(() => changed.fire()),
    vscode.languages.registerInlayHintsProvider(networkFileSelector, {
      onDidChangeInlayHints: changed.event,
      provideInlayHints: (document, range) =>
        files.analysis(document).layers.flatMap(({ placed, hint: offset }) => {
          const position = document.positionAt(offset);
          if (!range.contains(position)) return [];
          const hint = new vscode.InlayHint(position, label(placed));
          hint.paddingLeft = true;
          hint.tooltip = tooltip(placed);
          return [hint];
        }),
    }),
  );
}

function label({ output, cost }: PlacedLayer): string {
  const shape = `→ ${shapeText(output)}`;
  return cost.parameters === 0 ? shape : `${shape} · ${l10n.t('{0} parameters', count(cost.parameters))}`;
}

/** Plain text: names come from the file. */
function tooltip({ name, input, output, cost }: PlacedLayer): string {
  return [
    `${name}: ${shapeText(input)} → ${shapeText(output)}`,
    l10n.t('{0} parameters', count(cost.parameters)),
    ...(cost.statistics > 0 ? [l10n.t('{0} moving statistics', count(cost.statistics))] : []),
    l10n.t('{0} multiply–accumulates per image', count(cost.macs)),
    l10n.t('{0} of activations per image', readableSize(floatBytes * cost.activations)),
  ].join('\n');
}
