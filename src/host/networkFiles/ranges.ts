import * as vscode from 'vscode';
import type { TextRange } from '../../core/networkFile/networkDocument';

export const rangeIn = (document: vscode.TextDocument, { offset, length }: TextRange): vscode.Range =>
  new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
