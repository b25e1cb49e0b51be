import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** The extension under test, as VS Code knows it. */
export function thisExtension(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension('involution-lab.involution-lab');
  assert(extension, 'VS Code does not know the extension');
  return extension;
}
