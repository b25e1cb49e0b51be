import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { expandModels } from '../../src/core/network/model';
import { presetNetwork } from '../../src/core/network/presets/presets';
import { announceEnd } from '../../src/host/endOfTraining';
import { chooseTraining } from '../../src/host/flows/chooseTraining';
import { installTensorFlow, selectEngine } from '../../src/host/flows/engines';
import { deleteRuns, exportModel, renameRun } from '../../src/host/flows/manageRuns';
import { pickRun } from '../../src/host/flows/pickRuns';
import { resumeRun } from '../../src/host/flows/resumeRun';
import { Problem } from '../../src/host/problem';
import type { Services } from '../../src/host/services';
import { TrainingForm } from '../../src/host/trainingForm';
import { RunLock } from '../../src/node/runs/runLock';
import { answerNotifications, memento, substitute, until } from './support/doubles';
import type { FakeWorker } from './support/fakeWorker';
import { epoch, status, writeRun } from './support/runs';
import { testServices } from './support/services';

let folder: string;
let services: Services & { worker: FakeWorker } & vscode.Disposable;
const undo: (() => void)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution-flows-'));
  services = testServices(folder);
  undo.push(substitute(vscode.workspace, 'isTrusted', true));
});
afterEach(async () => {
  for (const restore of undo.splice(0)) restore();
  services.dispose();
  await rm(folder, { recursive: true, force: true });
});

type Item = vscode.QuickPickItem;
/**
 * Answers quick picks in turn: with the item of this label, several items, or (undefined) by dismissing. Returns what
 * was offered.
 */
function pick(...labels: (string | string[] | undefined)[]): Item[][] {
  const offered: Item[][] = [];
  const answer = async (items: Item[] | Promise<Item[]>, options: vscode.QuickPickOptions = {}) => {
    const choices = await items;
    offered.push(choices);
    const label = labels.shift();
    assert.equal(Array.isArray(label), label !== undefined && options.canPickMany === true);
    if (Array.isArray(label)) return choices.filter((item) => label.includes(item.label));
    return choices.find((item) => label !== undefined && item.label.includes(label));
  };
  undo.push(substitute(vscode.window, 'showQuickPick', answer));
  return offered;
}
const type = (answer: string | undefined) =>
  undo.push(substitute(vscode.window, 'showInputBox', async () => answer));
const openFolder = (path: string | undefined) =>
  undo.push(
    substitute(vscode.window, 'showOpenDialog', async () => (path ? [vscode.Uri.file(path)] : undefined)),
  );
const notifications = (...[severity, answer]: Parameters<typeof answerNotifications>) => {
  const { shown, restore } = answerNotifications(severity, answer);
  undo.push(restore);
  return shown;
};
const isCancelled = (error: unknown) => error instanceof vscode.CancellationError;
const settled = () => new Promise((resolve) => setTimeout(resolve, 50));

describe('choosing what to train', () => {
  it('takes data, models and epochs, and keeps the rest', async () => {
    const offered = pick('CIFAR-10', ['Involution', 'Convolution']);
    type('5');
    assert.deepEqual(await chooseTraining({ batchSize: 64 }), {
      batchSize: 64,
      data: { kind: 'cifar10' },
      models: ['involution', 'convolution'],
      epochs: 5,
    });
    // The example's two, where nothing was trained before; the numbers are those that Keras prints.
    const models = offered[1]!;
    assert.deepEqual(
      models.filter(({ picked }) => picked).map(({ label }) => label),
      ['Involution', 'Convolution'],
    );
    assert.equal(models[0]!.detail, '13,074 parameters, 65,344 multiply–accumulates per image');
    assert.match(models[1]!.description!, /convolutional network of the Keras example/);
  });

  it('has the network of a file chosen to begin with, whatever was trained last', async () => {
    const network = presetNetwork('convolution');
    const offered = pick('Built-in', ['$(file-code) sequential', 'Involution']);
    type('1');
    const chosen = await chooseTraining({ models: ['rednet'] }, [], { network });
    assert.deepEqual(chosen.models, [{ network }, 'involution']);
    const picked = offered[1]!
      .filter((item) => item.picked)
      .map(({ label, description }) => [label, description]);
    assert.deepEqual(picked, [['$(file-code) sequential', 'the network of the file']]);
  });

  it('offers combinations of before, and asks for parameters only when that is picked', async () => {
    const wide = { preset: 'involution', parameters: { kernelSize: 7 } };
    const offered = pick('Built-in', ['$(history) Involution (kernelSize 7) + Convolution']);
    type('1');
    const chosen = await chooseTraining({}, [[wide, 'convolution'], ['involution']]);
    assert.deepEqual(chosen.models, [wide, 'convolution']);
    const labels = offered[1]!.map(({ label }) => label);
    assert.equal(labels[0], '$(history) Involution (kernelSize 7) + Convolution');
    // One preset as it comes is on the list anyway.
    assert.equal(labels.filter((label) => label.includes('Involution')).length, 2);
    assert.equal(labels.at(-1), '$(settings) With parameters…');
  });

  it('asks for the parameters of each chosen model until its list is accepted', async () => {
    pick(
      'Built-in',
      ['Convolution', '$(settings) With parameters…'],
      'Kernel size',
      'Convolution (kernelSize 5)',
    );
    const asked: vscode.InputBoxOptions[] = [];
    const answers = ['5', '3'];
    undo.push(
      substitute(vscode.window, 'showInputBox', async (options: vscode.InputBoxOptions) => {
        asked.push(options);
        return answers.shift();
      }),
    );
    const chosen = await chooseTraining({});
    assert.deepEqual(chosen.models, [{ preset: 'convolution', parameters: { kernelSize: 5 } }]);
    assert.equal(chosen.epochs, 3);
    const { value, validateInput } = asked[0]!;
    assert.equal(value, '3');
    assert.equal(validateInput!('99'), 'Must be at most 31.');
    assert.equal(validateInput!('2.5'), 'Must be a whole number.');
    assert.equal(validateInput!('wide'), 'Must be a number.');
    assert.equal(validateInput!('5'), undefined);
  });

  it('takes at least one model and at most twelve', async () => {
    pick('Built-in', ['$(settings) With parameters…']);
    await assert.rejects(chooseTraining({}), /No model was chosen/);
    const many = Array.from({ length: 12 }, (_, i) => ({
      preset: 'involution',
      parameters: { kernelSize: i + 4 },
    }));
    pick('Built-in', ['$(history) 12 models', 'Convolution']);
    await assert.rejects(chooseTraining({}, [many]), /13 models were chosen; a run takes 12 at most/);
  });

  it('asks for the folder, and offers the last answers first', async () => {
    const offered = pick('Image folder', ['Convolution']);
    openFolder('/pictures');
    type('7');
    const data = { kind: 'folder' as const, path: '/old', imageSize: 48 };
    const chosen = await chooseTraining({ data, models: ['convolution'] });
    assert.deepEqual(chosen.data, { kind: 'folder', path: '/pictures', imageSize: 48 });
    assert.match(offered[0]![0]!.label, /folder/);
    const picked = offered[1]!.filter((item) => item.picked);
    assert.deepEqual(
      picked.map(({ label, detail }) => [label, detail]),
      [['Convolution', undefined]],
    );
  });

  it('says which epochs it does not take', async () => {
    let validate: (text: string) => unknown = () => assert.fail();
    pick('Built-in', ['Involution']);
    undo.push(
      substitute(vscode.window, 'showInputBox', async ({ validateInput }: vscode.InputBoxOptions) => {
        validate = validateInput!;
        return '1';
      }),
    );
    await chooseTraining({});
    for (const text of ['', '0', '-1', '2.5', '10001', 'many', '1e3'])
      assert.equal(validate(text), 'A whole number from 1 to 10 000.', text);
    for (const text of ['1', '20', '10000']) assert.equal(validate(text), undefined, text);
  });

  it('is cancelled at any question', async () => {
    pick(undefined);
    await assert.rejects(chooseTraining({}), isCancelled);
    pick('Image folder');
    openFolder(undefined);
    await assert.rejects(chooseTraining({}), isCancelled);
    pick('Built-in', undefined);
    await assert.rejects(chooseTraining({}), isCancelled);
    pick('Built-in', ['Involution']);
    type(undefined);
    await assert.rejects(chooseTraining({}), isCancelled);
  });
});

describe('the training form of before', () => {
  it('opens as earlier versions kept it, and with models that are not known any more without them', async () => {
    const memory = memento();
    const form = new TrainingForm(memory);
    const kept = { epochs: 7, models: ['involution', 'convolution'] };
    await memory.update('trainingForm', { spec: kept, expanded: true });
    assert.deepEqual(form.spec.models, ['involution', 'convolution']);
    assert.equal(form.spec.epochs, 7);
    assert.equal(form.expanded, true);
    await memory.update('trainingForm', { spec: { ...kept, models: ['transformer'] }, expanded: true });
    assert.deepEqual(form.spec.models, ['involution', 'convolution']);
    assert.equal(form.spec.epochs, 7);
  });

  it('has answered nothing when it is unfolded, and keeps its answers when it is folded', async () => {
    const memory = memento();
    const form = new TrainingForm(memory);
    assert.equal(form.isRemembered, false);
    await form.unfold(true);
    assert.deepEqual([form.isRemembered, form.expanded], [false, true]);
    assert.deepEqual(form.spec, {});
    // As the next window finds it.
    assert.deepEqual(
      [new TrainingForm(memory).isRemembered, new TrainingForm(memory).expanded],
      [false, true],
    );
    await form.remember({ epochs: 7, models: ['involution'] });
    await form.unfold(false);
    assert.deepEqual([form.isRemembered, form.expanded], [true, false]);
    assert.deepEqual([form.spec.epochs, form.spec.models], [7, ['involution']]);
  });

  it('keeps models as they were asked for, and the last five combinations', async () => {
    const form = new TrainingForm(memento());
    const wide = { preset: 'involution', parameters: { kernelSize: 7 } };
    const models = expandModels([wide, 'convolution']);
    await form.remember({ models });
    assert.deepEqual(form.spec.models, [wide, 'convolution']);
    for (const depth of [1, 2, 3, 4, 5, 6, 2])
      await form.keepCombination([{ preset: 'drin', parameters: { depth } }]);
    const kept = form.combinations.map(([model]) => (model as typeof wide).parameters);
    assert.deepEqual(
      kept.map(({ depth }: Record<string, unknown>) => depth),
      [2, 6, 5, 4, 3],
    );
  });
});

describe('engines', () => {
  const reports = [
    {
      name: 'tensorflow',
      available: false,
      device: '',
      version: '',
      reason: 'It is not installed.',
      cure: 'Install it.',
    },
    { name: 'wasm', available: true, device: 'SIMD · 2 threads', version: '4.22.0', reason: '', cure: '' },
  ] as const;

  it('are shown with what they can do, and why they can not', async () => {
    services.worker.answers.engines = async () => [...reports];
    const offered = pick(undefined);
    await assert.rejects(selectEngine(services), isCancelled);
    assert.deepEqual(
      offered[0]!.map(({ label, detail }) => [label, detail]),
      [
        ['Automatic', 'The fastest that works on this machine.'],
        ['$(circle-slash) TensorFlow', 'It is not installed. Install it.'],
        ['WebAssembly', 'SIMD · 2 threads · 4.22.0'],
      ],
    );
  });

  it('that can not be used are refused with the reason, the cure and a way to install', async () => {
    services.worker.answers.engines = async () => [...reports];
    pick('TensorFlow');
    await assert.rejects(selectEngine(services), (error: unknown) => {
      assert(error instanceof Problem);
      assert.equal(error.message, "TensorFlow can't be used here: It is not installed. Install it.");
      assert.deepEqual(
        error.cures.map(({ title }) => title),
        ['Install'],
      );
      return true;
    });
  });

  it('go to the settings of the user', async () => {
    services.worker.answers.engines = async () => [...reports];
    const updates: unknown[][] = [];
    undo.push(
      substitute(vscode.workspace, 'getConfiguration', () => ({
        get: () => undefined,
        update: async (...change: unknown[]) => updates.push(change),
      })),
    );
    pick('WebAssembly');
    await selectEngine(services);
    assert.deepEqual(updates, [['engine', 'wasm', vscode.ConfigurationTarget.Global]]);
  });

  it('are not installed under a running training', async () => {
    services.worker.tell({ state: 'training', runFolder: '/runs/a' });
    await assert.rejects(
      installTensorFlow(services),
      /can't be installed while a run is being trained. Stop it/,
    );
  });

  it('are linked to a TensorFlow of this machine, in a new process', async () => {
    const asked: unknown[] = [];
    services.worker.answers.installedTensorFlow = async () => null;
    services.worker.answers.installTensorFlow = async (options) => {
      asked.push(options);
      return '2.21.0 · CPU';
    };
    const shown = notifications('showInformationMessage');
    pick('Link to');
    openFolder('/venv/tensorflow');
    await installTensorFlow(services);
    await settled();
    assert.deepEqual(asked, [{ gpu: false, libtensorflow: '/venv/tensorflow' }]);
    assert.equal(services.worker.running, false);
    assert.deepEqual(shown, [
      { message: 'TensorFlow is installed: 2.21.0 · CPU.', buttons: ['Use It', 'Show Log'] },
    ]);
  });

  it('are linked first of all to the TensorFlow that a Python here has', async () => {
    const asked: unknown[] = [];
    const found = { folder: '/usr/lib/python3/tensorflow', version: '2.21.0' };
    services.worker.answers.installedTensorFlow = async () => found;
    services.worker.answers.installTensorFlow = async (options) => {
      asked.push(options);
      return '2.21.0 · CPU';
    };
    notifications('showInformationMessage');
    const offered = pick('Link to TensorFlow 2.21.0');
    await installTensorFlow(services);
    await settled();
    assert.deepEqual(asked, [{ gpu: false, libtensorflow: found.folder }]);
    assert.equal(offered[0]![0]!.description, found.folder);
  });
});

describe('runs', () => {
  const card = async (...events: Parameters<typeof writeRun>[2] & object) => {
    const id = basename(await writeRun(folder, { name: 'mine', models: ['involution'] }, events));
    await services.runs.refresh();
    return services.runs.card(id)!;
  };

  it('are picked among those that fit; when none does, it says so', async () => {
    await assert.rejects(pickRun(services.runs, 'Resume Run'), /There are no runs in .* yet/);
    await card(status('training'), epoch(1, 0.5), status('done'));
    await assert.rejects(
      pickRun(services.runs, 'Resume Run', ({ state }) => state === 'interrupted'),
      /None of the 1 runs fits/,
    );
    const offered = pick('mine');
    assert.equal((await pickRun(services.runs, 'Open Run')).name, 'mine');
    assert.equal(offered[0]![0]!.description, '0.50');
    assert.match(offered[0]![0]!.detail!, /^done · Built-in shapes · /);
  });

  it('are renamed, and not to nothing', async () => {
    const run = await card();
    type('new name');
    await renameRun(services, run);
    assert.equal(services.runs.card(run.id)!.name, 'new name');
    type(undefined);
    await assert.rejects(renameRun(services, run), isCancelled);
  });

  it('are renamed from the name that is theirs, without the number that tells them from others', async () => {
    await card();
    await card();
    const cards = services.runs.cards();
    assert.deepEqual(cards.map(({ name }) => name).toSorted(), ['mine', 'mine (2)']);
    let value: string | undefined;
    const ask = async (options: vscode.InputBoxOptions) => {
      value = options.value;
      return undefined;
    };
    undo.push(substitute(vscode.window, 'showInputBox', ask));
    for (const run of cards) {
      await assert.rejects(renameRun(services, run), isCancelled);
      assert.equal(value, 'mine');
    }
  });

  it('are deleted when that is confirmed', async () => {
    const run = await card();
    const asked = notifications('showWarningMessage');
    await assert.rejects(deleteRuns(services, [run]), isCancelled);
    assert.equal(asked[0]!.message, 'Delete the run mine?');
    assert(services.runs.card(run.id));
    notifications('showWarningMessage', 'Delete');
    await deleteRuns(services, [run]);
    assert.equal(services.runs.card(run.id), undefined);
  });

  it('are not deleted while they are trained', async () => {
    const path = await writeRun(folder, { name: 'busy' }, [status('training')]);
    const lock = await RunLock.acquire(path);
    await services.runs.refresh();
    notifications('showWarningMessage', 'Delete');
    const deletion = () => deleteRuns(services, [services.runs.card(basename(path))!]);
    await assert.rejects(deletion(), /is being trained by process \d+\. Stop it there first/);
    // In this window it can be stopped.
    services.runs.follow(path, true);
    await services.runs.look([basename(path)]);
    await assert.rejects(deletion(), /busy is being trained\. Stop it before you delete it/);
    await lock.release();
  });

  it('export a model in the format that is picked', async () => {
    const run = await card();
    const asked: unknown[] = [];
    services.worker.answers.exportModel = async (...args) => {
      asked.push(args);
      return ['/out/model.keras'];
    };
    const shown = notifications('showInformationMessage');
    pick('Keras');
    undo.push(
      substitute(vscode.window, 'showSaveDialog', async ({ defaultUri }: vscode.SaveDialogOptions) => {
        assert.match(defaultUri!.path, /-involution\.keras$/);
        return vscode.Uri.file('/out/model.keras');
      }),
    );
    await exportModel(services, run);
    assert.deepEqual(asked, [[services.runs.path(run.id), 'involution', 'keras', '/out/model.keras', false]]);
    assert.equal(shown[0]!.message, 'Exported: /out/model.keras');
  });

  it('ask before an export takes the place of something else', async () => {
    const run = await card();
    const agreed: boolean[] = [];
    let ways = ['replace'];
    services.worker.answers.exportModel = async (_run, _model, _format, target, replace) => {
      agreed.push(replace);
      if (replace) return [target];
      throw Object.assign(new Error('What is there would be lost: /out/model/model.json.'), { ways });
    };
    undo.push(substitute(vscode.window, 'showSaveDialog', async () => vscode.Uri.file('/out/model')));
    const shown = notifications('showInformationMessage');
    for (const answer of [undefined, 'Replace']) {
      pick('TensorFlow.js');
      const asked = notifications('showWarningMessage', answer);
      const exported = exportModel(services, run);
      await (answer ? exported : assert.rejects(exported, isCancelled));
      assert.equal(asked[0]!.message, 'Replace what is there?');
    }
    assert.deepEqual(agreed, [false, false, true]);
    assert.equal(shown[0]!.message, 'Exported: /out/model');
    // Where nothing helps, nothing is asked.
    ways = [];
    pick('TensorFlow.js');
    const asked = notifications('showWarningMessage', 'Replace');
    await assert.rejects(exportModel(services, run), /would be lost/);
    assert.deepEqual(asked, []);
  });
});

describe('the end of a training', () => {
  let path: string;
  beforeEach(async () => {
    path = await writeRun(folder, { name: 'mine' }, [status('training')]);
    const announcing = announceEnd(services);
    undo.push(() => announcing.dispose());
    services.worker.tell({ state: 'training', runFolder: path });
  });

  it('offers kernels and a comparison when it is done', async () => {
    const shown = notifications('showInformationMessage');
    const metrics = { loss: 1, accuracy: 0.5, valLoss: 1, valAccuracy: 0.46234 };
    services.worker.tell({
      ...{ state: 'done', runFolder: path, metrics: { involution: metrics } },
      models: [
        { id: 'involution', title: 'Involution' },
        { id: 'rednet', title: 'RedNet (depth 38)' },
      ],
    });
    await until(() => shown.length > 0);
    assert.deepEqual(shown, [
      {
        message: 'mine is trained. Validation accuracy: Involution 0.4623, RedNet (depth 38) –.',
        buttons: ['Show Kernels', 'Compare'],
      },
    ]);
  });

  it('is silent when the settings say so, or when a person stopped it', async () => {
    const shown = notifications('showInformationMessage');
    services.worker.tell({ state: 'stopped', runFolder: path });
    undo.push(substitute(vscode.workspace, 'getConfiguration', () => ({ get: () => false })));
    services.worker.tell({ state: 'training', runFolder: path });
    services.worker.tell({ state: 'done', runFolder: path });
    await settled();
    assert.deepEqual(shown, []);
  });

  it('says why it failed', async () => {
    const shown = notifications('showErrorMessage');
    services.worker.tell({ state: 'failed', runFolder: path, message: 'The loss is not finite.' });
    await until(() => shown.length > 0);
    assert.deepEqual(shown, [
      { message: 'The training failed: The loss is not finite.', buttons: ['Show Run', 'Show Log'] },
    ]);
  });

  it('that came with the death of the worker is told once, with a way to resume', async () => {
    const shown = notifications('showErrorMessage');
    services.worker.die({ signal: 'SIGKILL', lastLines: ['the last line'] });
    await settled();
    assert.equal(shown.length, 1);
    assert.match(shown[0]!.message, /ended by SIGKILL: .*The run can be resumed from its checkpoint/);
    assert.deepEqual(shown[0]!.buttons, ['Resume', 'Show Log']);
  });

  it('that native code ended offers to go on on another engine', async () => {
    const engine = { name: 'tensorflow', device: 'a processor', reason: 'chosen' } as const;
    services.worker.tell({ state: 'training', runFolder: path, engine });
    const { shown, restore } = answerNotifications('showErrorMessage', 'Resume on WebAssembly');
    const executed: unknown[][] = [];
    undo.push(
      restore,
      substitute(vscode.commands, 'executeCommand', async (...args: unknown[]) => {
        if (args[0] !== 'setContext') executed.push(args);
      }),
    );
    services.worker.die({ signal: 'SIGFPE' });
    await until(() => executed.length > 0);
    assert.match(shown[0]!.message, /SIGFPE: native code divided by zero/);
    assert.deepEqual(shown[0]!.buttons, ['Resume on WebAssembly', 'Resume', 'Show Log']);
    assert.deepEqual(executed, [['involutionLab.resume', { id: basename(path) }, 'wasm']]);
  });
});

describe('resuming a run', () => {
  it('whose images have moved offers to choose their folder, and takes it from then on', async () => {
    const asked: (string | null)[] = [];
    services.worker.answers.resume = async (_, dataFolder) => {
      asked.push(dataFolder);
      if (dataFolder === null)
        throw Object.assign(new Error('The image folder /old does not exist.'), { ways: ['folder'] });
    };
    const problem = await resumeRun(services, '/runs/a').catch((error: unknown) => error);
    assert(problem instanceof Problem);
    assert.equal(problem.message, 'The image folder /old does not exist.');
    assert.deepEqual(
      problem.cures.map(({ title }) => title),
      ['Choose Folder…'],
    );
    const executed: unknown[][] = [];
    undo.push(
      substitute(vscode.commands, 'executeCommand', async (...args: unknown[]) => {
        executed.push(args);
      }),
    );
    openFolder(undefined);
    await problem.cures[0]!.run();
    assert.deepEqual(executed, [], 'nobody chose one');
    openFolder('/new');
    await problem.cures[0]!.run();
    assert.deepEqual(executed, [['involutionLab.resume', { id: 'a' }]]);
    await resumeRun(services, '/runs/a');
    assert.deepEqual(asked, [null, '/new']);
  });

  it('that fails for another reason says that one', async () => {
    services.worker.answers.resume = async () => {
      throw new Error('It is complete.');
    };
    await assert.rejects(resumeRun(services, '/runs/a'), (error: Error) => !(error instanceof Problem));
  });
});
