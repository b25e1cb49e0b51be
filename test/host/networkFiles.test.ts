import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { layerKinds } from '../../src/core/network/layerKinds';
import { parseNetwork } from '../../src/core/network/parse';
import { presetNetwork } from '../../src/core/network/presets/presets';
import { imagesOf } from '../../src/host/networkFiles/checkedImages';
import { networkFileActions } from '../../src/host/networkFiles/commands';
import { DiagramPanels } from '../../src/host/networkFiles/diagramPanels';
import { openAsNewFile } from '../../src/host/networkFiles/newFile';
import { Summaries } from '../../src/host/networkFiles/summaries';
import { Problem } from '../../src/host/problem';
import { substitute, until } from './support/doubles';
import { thisExtension } from './support/extension';
import { FakeWorker } from './support/fakeWorker';
import { writeRun } from './support/runs';
import { testServices } from './support/services';

const text = `{
  "name": "written",
  "layers": [
    { "kind": "convolution", "filters": 96 },
    { "kind": "involution", "groups": 36 },
    { "kind": "flatten", "nam": "row" },
    { "kind": "dense", "units": "classes" }
  ]
}
`;
const right = text.replace('36', '32').replace('"nam"', '"name"');

let folder: string;
const undo: (() => void)[] = [];
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution-files-'));
  await thisExtension().activate();
});
afterEach(async () => {
  for (const restore of undo.splice(0)) restore();
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
});
after(() => rm(folder, { recursive: true, force: true }));

let opened = 0;
/** Each under a name of its own: what was open under one may still be there. */
async function open(
  content: string,
  name = `network-${++opened}.involution.json`,
): Promise<vscode.TextDocument> {
  await writeFile(join(folder, name), content);
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(join(folder, name)));
  await vscode.window.showTextDocument(document);
  return document;
}

/** Those of the core: the editor's JSON support has its own. */
const diagnostics = (uri: vscode.Uri) =>
  vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Involution');
const whole = (document: vscode.TextDocument) =>
  document.validateRange(new vscode.Range(0, 0, document.lineCount, 0));

async function completions(document: vscode.TextDocument, at: vscode.Position): Promise<string[]> {
  const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    at,
  );
  return items.map(({ label }) => (typeof label === 'string' ? label : label.label));
}

describe('a network file in the editor', () => {
  it('is marked where it is wrong, while it is written', async () => {
    const document = await open(text);
    await until(() => diagnostics(document.uri).length === 2);
    assert.deepEqual(
      diagnostics(document.uri).map(({ range, message, severity }) => [
        document.getText(range),
        range.start.line,
        message,
        severity,
      ]),
      [
        ['"nam"', 5, 'There is no field "nam" (did you mean "name"?)', vscode.DiagnosticSeverity.Error],
        [
          '36',
          4,
          "groups must be a divisor of its input's 96 channels, but is 36",
          vscode.DiagnosticSeverity.Error,
        ],
      ],
    );
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, whole(document), right);
    await vscode.workspace.applyEdit(edit);
    await until(() => diagnostics(document.uri).length === 0);
  });

  it('is told each fault once: the schema of the editor judges nothing', async () => {
    const faulty = text.replace('"convolution"', '"konvolution"').replace('"name": "written",', '"nom": 3,');
    const document = await open(faulty);
    const sources = () => vscode.languages.getDiagnostics(document.uri).map(({ source }) => source);
    await until(() => sources().length > 0);
    // A completion comes after the schema was read and the text judged by it.
    await completions(document, document.positionAt(faulty.indexOf('"flatten"') + 1));
    assert.deepEqual(new Set(sources()), new Set(['Involution']));
  });

  it('has its kinds and their fields completed by the schema', async () => {
    const document = await open(right.replace('"flatten"', '""'), 'completed.involution.json');
    const at = document.positionAt(document.getText().indexOf('""') + 1);
    const offered = await completions(document, at);
    for (const kind of Object.keys(layerKinds).map((name) => JSON.stringify(name)))
      assert(offered.includes(kind), `${kind} among ${offered.join(', ')}`);
    const field = document.positionAt(document.getText().indexOf('"groups"') + 1);
    const fields = await completions(document, field);
    for (const name of ['kernelSize', 'generator'])
      assert(fields.includes(name), `${name} among ${fields.join(', ')}`);
    assert(!fields.includes('filters'), 'fields of other kinds are not offered');
  });

  it('is mended by quick fixes, the likeliest first', async () => {
    const document = await open(text);
    const at = document.positionAt(document.getText().indexOf('36'));
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      new vscode.Range(at, at),
    );
    const fixes = actions.filter(({ title }) => title.startsWith('Change to'));
    assert.deepEqual(
      fixes.map(({ title, isPreferred }) => [title, isPreferred]),
      [
        ['Change to 32', true],
        ['Change to 48', false],
      ],
    );
    await vscode.workspace.applyEdit(fixes[0]!.edit!);
    assert.equal(document.lineAt(4).text.trim(), '{ "kind": "involution", "groups": 32 },');
    await until(() => diagnostics(document.uri).length === 1);
  });

  it('shows what each layer gives, and how many parameters it has', async () => {
    const document = await open(right);
    const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
      'vscode.executeInlayHintProvider',
      document.uri,
      whole(document),
    );
    assert.deepEqual(
      hints.map(({ label, position }) => [label, position.line, position.character]),
      [
        ['→ 32×32×96 · 2,688 parameters', 3, document.lineAt(3).text.length],
        ['→ 32×32×96 · 37,440 parameters', 4, document.lineAt(4).text.length],
        ['→ 98304', 5, document.lineAt(5).text.length],
        ['→ 10 · 983,050 parameters', 6, document.lineAt(6).text.length],
      ],
    );
    assert.match(String(hints[1]!.tooltip), /^involution: 32×32×96 → 32×32×96\n.*\n192 moving statistics\n/);
  });

  it('has what can be done with it on top, and says what it is checked for', async () => {
    const document = await open(text);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    const titles = lenses.map((lens) => lens.command!.title);
    assert.deepEqual(titles, [
      '$(play) Train',
      'Summary',
      'Diagram',
      'for 32×32×3, 10 classes',
      '2 problems',
    ]);
    for (const { range } of lenses) assert.equal(range.start.line, 0);
  });

  it('is checked for other images when they are chosen, and stays so', async () => {
    const worker = new FakeWorker();
    const services = testServices(folder, worker);
    undo.push(() => services.dispose());
    assert.deepEqual(services.networkFiles.images, { shape: [32, 32, 3], classes: 10 });
    let changes = 0;
    services.networkFiles.onDidChange(() => changes++);
    const document = await open(right);
    assert.equal(services.networkFiles.analysis(document).total!.parameters, 1_023_178);
    undo.push(
      substitute(vscode.window, 'showQuickPick', async (items: Promise<vscode.QuickPickItem[]>) =>
        (await items).at(-1),
      ),
      substitute(vscode.window, 'showInputBox', async () => '16x16x3, 5'),
    );
    await actionsOf(services).checkNetworkFor();
    assert.equal(changes, 1);
    assert.deepEqual(services.networkFiles.images, { shape: [16, 16, 3], classes: 5 });
    assert.equal(services.networkFiles.analysis(document).total!.parameters, 2_688 + 37_440 + 122_885);
  });

  it('takes images as they are written, and no others', () => {
    assert.deepEqual(imagesOf(' 64 × 48 x 1 , 5 '), { shape: [64, 48, 1], classes: 5 });
    for (const wrong of ['', '64×64', '64×64×3', '64×64×5, 3', '0×8×3, 2', '8×8×3, 1', '8×8×3, 999'])
      assert.equal(imagesOf(wrong), null, wrong);
  });
});

type TestServices = ReturnType<typeof testServices>;
function actionsOf(services: TestServices, trained: unknown[] = []) {
  const summaries = new Summaries(services.networkFiles, services.worker);
  undo.push(() => summaries.dispose());
  const { extensionUri } = services.context;
  const diagrams = new DiagramPanels({ extensionUri, files: services.networkFiles, log: services.log });
  undo.push(() => diagrams.dispose());
  return networkFileActions(services, {
    summaries,
    diagrams,
    runOr: async (argument) => services.runs.existing((argument as { id: string }).id),
    chooseAndTrain: async (model) => void trained.push(model),
  });
}

describe('what is done with a network file', () => {
  let services: TestServices;
  const begin = (worker = new FakeWorker()) => {
    services = testServices(folder, worker);
    undo.push(() => services.dispose());
    return services;
  };

  it('begins with a preset and its parameters, in a file with a name that is free', async () => {
    const answers = ['RedNet', 'Depth', '38', 'depth 38'];
    undo.push(
      substitute(vscode.window, 'showQuickPick', async (items: Promise<vscode.QuickPickItem[]>) => {
        const answer = answers.shift()!;
        return (await items).find(({ label }) => label.includes(answer));
      }),
    );
    await actionsOf(begin()).newNetworkFile();
    assert.deepEqual(answers, []);
    const { document } = vscode.window.activeTextEditor!;
    assert.equal(document.uri.scheme, 'untitled');
    assert.match(document.fileName, /rednet\.involution\.json$/);
    assert.deepEqual(parseNetwork(JSON.parse(document.getText())), presetNetwork('rednet', { depth: 38 }));
    await until(() => vscode.window.activeTextEditor?.document === document);
    assert.deepEqual(diagnostics(document.uri), []);
    const second = await openAsNewFile(presetNetwork('involution'), 'rednet');
    assert.match(second.fileName, /rednet-2\.involution\.json$/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('is saved where the window has its files', async () => {
    const [workspace] = vscode.workspace.workspaceFolders!;
    const document = await openAsNewFile(presetNetwork('involution'), 'saved');
    assert(await document.save());
    const saved = vscode.Uri.joinPath(workspace!.uri, 'saved.involution.json');
    const bytes = await vscode.workspace.fs.readFile(saved);
    assert.deepEqual(parseNetwork(JSON.parse(new TextDecoder().decode(bytes))), presetNetwork('involution'));
    await vscode.workspace.fs.delete(saved);
  });

  it('is made of a model of any run', async () => {
    begin();
    const run = await writeRun(folder, {
      models: ['involution', { preset: 'rednet', parameters: { depth: 38 } }],
    });
    await services.runs.refresh();
    undo.push(
      substitute(vscode.window, 'showQuickPick', async (items: Promise<vscode.QuickPickItem[]>) =>
        (await items).find(({ label }) => label.includes('RedNet')),
      ),
    );
    await actionsOf(services).openNetworkFile({ id: run.split(/[/\\]/).at(-1) });
    const { document } = vscode.window.activeTextEditor!;
    assert.deepEqual(parseNetwork(JSON.parse(document.getText())), presetNetwork('rednet', { depth: 38 }));
  });

  it('is trained as it is in the editor, saved or not', async () => {
    const document = await open(right);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(1, 2, 1, 19), '"name": "unsaved"');
    await vscode.workspace.applyEdit(edit);
    const trained: { network?: { name: string } }[] = [];
    await actionsOf(begin(), trained).trainNetwork(document.uri);
    assert.equal(trained[0]!.network!.name, 'unsaved');
    assert.match(await readFile(document.fileName, 'utf8'), /"written"/);
  });

  it('is not trained while it is no network: the reason is told, and where it stands', async () => {
    const wrong = await open(text, 'wrong.involution.json');
    await assert.rejects(actionsOf(begin()).trainNetwork(wrong.uri), (error) => {
      assert(error instanceof Problem);
      assert.equal(
        error.message,
        'wrong.involution.json is not a network yet: there is no field "nam" (did you mean "name"?).',
      );
      assert.deepEqual(
        error.cures.map(({ title }) => title),
        ['Show Problems'],
      );
      return true;
    });
    const broken = await open('{ "name": ', 'broken.involution.json');
    await assert.rejects(
      actionsOf(services).trainNetwork(broken.uri),
      /broken\.involution\.json is not JSON yet/,
    );
  });

  it('is summarized by the worker, for the images that it is checked for', async () => {
    const asked: unknown[] = [];
    const worker = new FakeWorker({
      summary: (async (...args: unknown[]) => {
        asked.push(args);
        return { text: 'Model: "written"' };
      }) as never,
    });
    const document = await open(right);
    await actionsOf(begin(worker)).summarizeNetwork(document.uri);
    assert.deepEqual(asked, [[parseNetwork(JSON.parse(right)), [32, 32, 3], 10]]);
    const summary = vscode.window.activeTextEditor!.document;
    assert.equal(summary.getText(), 'For 32×32×3, 10 classes\n\nModel: "written"');
    const misfit = await open(text.replace('"nam"', '"name"'), 'misfit.involution.json');
    await assert.rejects(
      actionsOf(services).summarizeNetwork(misfit.uri),
      /misfit\.involution\.json does not fit images of 32×32×3, 10 classes: groups must be a divisor/,
    );
  });
});
