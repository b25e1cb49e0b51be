import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { DiagramPanels } from '../../src/host/networkFiles/diagramPanels';
import type { DiagramState } from '../../src/protocol/diagram';
import { wireFormat } from '../../src/protocol/wire';
import { substitute, until } from './support/doubles';
import { testServices } from './support/services';

const text = `{
  "name": "drawn",
  "layers": [
    { "kind": "convolution", "filters": 8 },
    {
      "kind": "residual",
      "main": [
        { "kind": "involution", "groups": 4 }
      ]
    },
    { "kind": "flatten" },
    { "kind": "dense", "units": "classes" }
  ]
}
`;

/** A panel whose page is the test. */
function fakePanel() {
  const received = new vscode.EventEmitter<unknown>();
  const disposed = new vscode.EventEmitter<void>();
  const posted: { t: string; m: string; a: unknown[]; r?: unknown }[] = [];
  const panel = {
    title: '',
    visible: true,
    revealed: 0,
    webview: {
      cspSource: 'https://webview.example',
      asWebviewUri: (uri: vscode.Uri) => uri,
      onDidReceiveMessage: received.event,
      postMessage: async (message: never) => posted.push(JSON.parse(JSON.stringify(message))) > 0,
    },
    reveal: () => panel.revealed++,
    onDidDispose: disposed.event,
    dispose: () => disposed.fire(),
  };
  const ask = async (method: string, ...args: unknown[]) => {
    received.fire({ t: 'q', i: 'id', m: method, a: args });
    await until(() => posted.some(({ t }) => t === 's'));
    const [answer] = posted.splice(
      posted.findIndex(({ t }) => t === 's'),
      1,
    );
    return (wireFormat.deserialize(answer as never) as { r: unknown }).r;
  };
  const told = (name: string) => posted.filter(({ m }) => m === name).map(({ a }) => a[0]);
  return { panel: panel as unknown as vscode.WebviewPanel & { revealed: number }, ask, told };
}

describe('the diagram of a network file', () => {
  let folder: string;
  let document: vscode.TextDocument;
  let panels: DiagramPanels;
  let page: ReturnType<typeof fakePanel>;
  let made: number;
  const undo: (() => void)[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'involution-diagram-'));
    const file = join(folder, 'drawn.involution.json');
    await writeFile(file, text);
    document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    await vscode.window.showTextDocument(document);
    const services = testServices(folder);
    const { extensionUri } = services.context;
    panels = new DiagramPanels({ extensionUri, files: services.networkFiles, log: services.log });
    [page, made] = [fakePanel(), 0];
    undo.push(
      substitute(vscode.window, 'createWebviewPanel', () => {
        made++;
        return page.panel;
      }),
      () => services.dispose(),
    );
    panels.show(document);
  });
  afterEach(async () => {
    panels.dispose();
    for (const restore of undo.splice(0)) restore();
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await rm(folder, { recursive: true, force: true });
  });

  const change = async (from: string, to: string) => {
    const edit = new vscode.WorkspaceEdit();
    const at = document.getText().indexOf(from);
    const range = new vscode.Range(document.positionAt(at), document.positionAt(at + from.length));
    edit.replace(document.uri, range, to);
    await vscode.workspace.applyEdit(edit);
  };
  const putCursor = (at: string) => {
    const position = document.positionAt(document.getText().indexOf(at));
    vscode.window.activeTextEditor!.selection = new vscode.Selection(position, position);
  };

  it('is one a file, named after it', () => {
    panels.show(document);
    assert.equal(made, 1);
    assert.equal(page.panel.revealed, 1);
    assert.equal(page.panel.title, 'Diagram of drawn.involution.json');
  });

  it('has the layers as they are in the file, and the one that the cursor is in', async () => {
    putCursor('"groups"');
    await until(() => page.told('selected').includes('layers[1].main[0]'));
    const state = (await page.ask('ready')) as DiagramState;
    assert.equal(state.uri, document.uri.toString());
    assert.deepEqual(
      state.layers.map(({ title, output }) => [title, output]),
      [
        ['convolution 3×3', [32, 32, 8]],
        ['residual', [32, 32, 8]],
        ['flatten', [8192]],
        ['dense', [10]],
      ],
    );
    assert.deepEqual(
      state.layers[1]!.branches[0]!.map(({ path }) => path),
      ['layers[1].main[0]'],
    );
    assert.deepEqual(state.problems, []);
    assert.equal(state.selected, 'layers[1].main[0]');
  });

  it('follows each change of the text, with what is wrong', async () => {
    await change('"filters": 8', '"filters": 6');
    await until(() => page.told('changed').length === 1);
    const [state] = page.told('changed') as DiagramState[];
    assert.deepEqual(state!.problems, [
      {
        path: 'layers[1].main[0]',
        text: "groups must be a divisor of its input's 6 channels, but is 4",
        severity: 'error',
      },
    ]);
    assert.deepEqual(state!.layers[0]!.output, [32, 32, 6]);
    assert.equal(state!.total, null);
    await change('"flatten"', '"flat"');
    await until(() => page.told('changed').length === 2);
    assert.equal((page.told('changed')[1] as DiagramState).unread, 'layers[2]');
  });

  it('leads to a layer in the file', async () => {
    await page.ask('reveal', 'layers[1].main[0]', true);
    const { selection, document: shown } = vscode.window.activeTextEditor!;
    assert.equal(shown, document);
    assert.equal(document.getText(selection), '"involution"');
    await until(() => page.told('selected').at(-1) === 'layers[1].main[0]');
  });

  it('is brought back by what its page remembers, unless the file is gone', async () => {
    const revived = fakePanel();
    panels.dispose();
    await panels.deserializeWebviewPanel(revived.panel, { uri: document.uri.toString() });
    assert.equal(((await revived.ask('ready')) as DiagramState).file, 'drawn.involution.json');
    for (const state of [
      { uri: vscode.Uri.file(join(folder, 'gone.involution.json')).toString() },
      { uri: vscode.Uri.file(__filename).toString() },
      null,
    ]) {
      const refused = fakePanel();
      let isGone = false;
      refused.panel.onDidDispose(() => {
        isGone = true;
      });
      await panels.deserializeWebviewPanel(refused.panel, state);
      assert(isGone, JSON.stringify(state));
    }
  });
});
