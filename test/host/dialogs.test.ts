import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { askText, confirm, offer, pickOne } from '../../src/host/dialogs';
import { withProgress } from '../../src/host/progress';
import { answerNotifications, substitute } from './support/doubles';

const attack = '[x](command:workbench.action.terminal.new)\u202e$(sync~spin)';
const harmless = '[x] (command:workbench.action.terminal.new)$ (sync~spin)';

describe('what a person is told or asked', () => {
  const undo: (() => void)[] = [];
  afterEach(() => {
    for (const restore of undo.splice(0)) restore();
  });

  it('has no link of a name in a notification of any kind', async () => {
    const kinds = [
      ['info', 'showInformationMessage'],
      ['warning', 'showWarningMessage'],
      ['error', 'showErrorMessage'],
    ] as const;
    for (const [severity, method] of kinds) {
      const { shown, restore } = answerNotifications(method);
      undo.push(restore);
      await offer(severity, `Trained: ${attack}`);
      assert.deepEqual(shown, [{ message: `Trained: ${harmless}`, buttons: [] }]);
    }
  });

  it('has none in a question, a picker or a prompt either', async () => {
    const { shown, restore } = answerNotifications('showWarningMessage', 'Delete');
    undo.push(restore);
    await confirm(`Delete ${attack}?`, 'detail', 'Delete');
    assert.equal(shown[0]!.message, `Delete ${harmless}?`);
    let items: vscode.QuickPickItem[] = [];
    let options: vscode.QuickPickOptions = {};
    undo.push(
      substitute(vscode.window, 'showQuickPick', async (...args: unknown[]) => {
        items = await (args[0] as Promise<vscode.QuickPickItem[]>);
        options = args[1] as vscode.QuickPickOptions;
        return items[0];
      }),
    );
    const choice = { label: attack, description: attack, detail: attack, icon: 'error' };
    assert.equal(await pickOne([choice], { title: attack, placeHolder: attack }), choice);
    assert.equal(items[0]!.label, `$(error) ${harmless}`);
    for (const text of [items[0]!.description, items[0]!.detail, options.title, options.placeHolder])
      assert.equal(text, harmless);
    undo.push(
      substitute(vscode.window, 'showInputBox', async (box: vscode.InputBoxOptions) => {
        assert.equal(box.title, harmless);
        assert.equal(box.prompt, harmless);
        assert.equal(box.validateInput!(''), harmless);
        return 'answer';
      }),
    );
    const question = { title: attack, prompt: attack, value: attack, problemOf: () => attack };
    assert.equal(await askText(question), 'answer');
  });

  it('has none in a progress bar, its title and its messages', async () => {
    const reported: (string | undefined)[] = [];
    undo.push(
      substitute(
        vscode.window,
        'withProgress',
        async ({ title }: vscode.ProgressOptions, run: Parameters<typeof vscode.window.withProgress>[1]) => {
          reported.push(title);
          const bar = { report: ({ message }: { message?: string }) => reported.push(message) };
          return run(bar, new vscode.CancellationTokenSource().token);
        },
      ),
    );
    await withProgress(attack, async ({ onProgress }) => onProgress({ message: attack, fraction: null }));
    assert.deepEqual(reported, [harmless, harmless]);
  });
});
