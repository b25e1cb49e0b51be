import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { type Calls, longCalls } from '../../protocol/calls';
import { dashboardCalls } from '../../protocol/dashboardCalls';
import { diagramCalls } from '../../protocol/diagramCalls';
import { labCalls } from '../../protocol/labCalls';

const pageCalls = { dashboard: dashboardCalls, lab: labCalls, diagram: diagramCalls } satisfies Record<
  string,
  Calls
>;
export type PageName = keyof typeof pageCalls;

/** What a page may load: its own folder of the build, nothing else. */
export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [bundleFolder(extensionUri)] };
}

/**
 * The page that loads one webview's module, whose nonce holds for the chunks that it imports. No inline script, no inline
 * style, no eval, no network. The translations, and which calls may last, travel in attributes, because a script element
 * would be an inline script.
 */
export function pageHtml(name: PageName, webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const asset = (file: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(bundleFolder(extensionUri), file)).toString();
  return `<!DOCTYPE html>
<html lang="${escapeAttribute(vscode.env.language)}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(webview.cspSource, nonce)}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta id="l10n" data-contents="${escapeAttribute(JSON.stringify(vscode.l10n.bundle ?? {}))}">
  <meta id="long-calls" data-names="${longCalls(pageCalls[name]).join(' ')}">
  <link rel="stylesheet" href="${asset(`${name}.css`)}">
  <title>Involution Lab</title>
</head>
<body>
  <div id="root"></div>
  <script type="module" nonce="${nonce}" src="${asset(`${name}.js`)}"></script>
</body>
</html>`;
}

export function contentSecurityPolicy(cspSource: string, nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
  ].join('; ');
}

export function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

function bundleFolder(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
}
