import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ModelCard } from '../../src/core/network/model';
import { isUnderWay } from '../../src/core/runs/lifecycle';
import { idleTraining } from '../../src/core/runs/trainingState';
import { Problem } from '../../src/host/problem';
import { Training } from '../../src/host/training';
import { statusText } from '../../src/host/views/statusBar';
import { substitute } from './support/doubles';
import { FakeWorker } from './support/fakeWorker';

const problemOf = async (attempt: Promise<unknown>): Promise<Problem> => {
  try {
    await attempt;
  } catch (error) {
    assert(error instanceof Problem, String(error));
    return error;
  }
  throw new Error('it went well');
};
const titles = ({ cures }: Problem) => cures.map(({ title }) => title);

describe('the training of a window', () => {
  let worker: FakeWorker;
  let training: Training;
  let restore = () => {};

  beforeEach(() => {
    restore = substitute(vscode.workspace, 'isTrusted', true);
    worker = new FakeWorker({ train: async () => '/runs/a', stop: async () => {}, resume: async () => {} });
    training = new Training(worker.client, () => '/runs');
  });
  afterEach(() => {
    training.dispose();
    restore();
  });

  it("begins in the runs folder and gives the run's id", async () => {
    worker.answers.train = async (spec, folder) => {
      assert.deepEqual(spec, { epochs: 3 });
      return `${folder}/2026_shapes`;
    };
    assert.equal(await training.train({ epochs: 3 }), '2026_shapes');
  });

  it('is refused in a folder that is not trusted, before any process is started', async () => {
    restore();
    restore = substitute(vscode.workspace, 'isTrusted', false);
    for (const attempt of [training.train({}), training.resume('/runs/a', null, null)]) {
      const problem = await problemOf(attempt);
      assert.match(problem.message, /not trusted/);
      assert.deepEqual(titles(problem), ['Manage Workspace Trust']);
    }
    assert.deepEqual(worker.calls, []);
  });

  it('is refused while another goes on, from the moment that the first was asked for', async () => {
    let begin = (_: string) => {};
    worker.answers.train = () =>
      new Promise((resolve) => {
        begin = resolve;
      });
    const first = training.train({});
    const problem = await problemOf(training.train({}));
    assert.match(problem.message, /being trained already. Stop it first/);
    assert.deepEqual(titles(problem), ['Show It', 'Stop']);
    begin('/runs/a');
    await first;
    assert.deepEqual(worker.calls, ['train']);
  });

  it('gets its worker ready beforehand, but not beside another, and says nothing of what fails then', async () => {
    training.getReady({});
    assert.deepEqual(worker.calls, ['getReady']);
    worker.tell({ state: 'training', runFolder: '/runs/a' });
    training.getReady({});
    assert.deepEqual(worker.calls, ['getReady']);
  });

  it('can begin again after one that could not begin', async () => {
    worker.answers.train = async () => {
      throw new Error('no disk');
    };
    await assert.rejects(training.train({}), /no disk/);
    assert.equal(training.state.state, 'idle');
    worker.answers.train = async () => '/runs/b';
    assert.equal(await training.train({}), 'b');
  });

  it('is not stopped by a call that would fork a worker for it', async () => {
    await training.stop();
    await training.pause();
    assert.deepEqual(worker.calls, []);
    worker.tell({ state: 'training', runFolder: '/runs/a' });
    await training.stop();
    assert.deepEqual(worker.calls, ['stop']);
  });

  it('that loses its worker says how, with its last words, and which run can be resumed', () => {
    worker.tell({ state: 'training', runFolder: '/runs/a' });
    worker.die({ signal: 'SIGKILL', lastLines: ['epoch 2', 'out of luck'] });
    assert.match(training.crash!.report, /ended by SIGKILL: [^\n]*\nepoch 2\nout of luck$/);
    assert.equal(training.crash!.runFolder, '/runs/a');
    assert.equal(training.state.state, 'failed');
    assert.match(training.state.message, /SIGKILL/);
    assert.equal(training.crash!.otherEngine, null);
    worker.emit('started');
    assert.equal(training.crash, null);
  });

  it('that native code ended says what it was doing, and which engine to take instead', () => {
    const engine = { name: 'tensorflow', device: 'a processor', reason: 'chosen' } as const;
    const models = [{ id: 'a', title: 'Involution' }] as ModelCard[];
    worker.tell({ state: 'training', runFolder: '/runs/a', engine, models, model: 'a', epoch: 3, batch: 7 });
    worker.die({ signal: 'SIGFPE' });
    assert.equal(
      training.state.message,
      'The worker process was ended by SIGFPE: native code divided by zero. It trained Involution, epoch 3, batch 7, on TensorFlow.',
    );
    assert.equal(training.crash!.otherEngine, 'wasm');
    worker.tell({ state: 'training', runFolder: '/runs/a', engine, models, model: 'a', epoch: 3, batch: 7 });
    worker.die({ code: 1 });
    assert.equal(training.crash!.otherEngine, null);
    worker.tell({ state: 'training', runFolder: '/runs/a', engine: { ...engine, name: 'wasm' } });
    worker.die({ signal: 'SIGKILL' });
    assert.equal(training.crash!.otherEngine, null);
  });

  it('is neither failed nor stopped when the worker ends as it was told', () => {
    worker.tell({ state: 'training', runFolder: '/runs/a' });
    worker.die({ code: 0, expected: true });
    assert.equal(training.crash, null);
    assert.equal(training.state.state, 'idle');
  });

  it('is told in the status bar: model, epoch, accuracy, time left', () => {
    const state = {
      ...idleTraining,
      state: 'training' as const,
      models: [{ id: 'involution', title: 'Involution (kernelSize $(bug))' }],
      model: 'involution',
      epoch: 3,
      epochs: 20,
      secondsLeft: 130,
      metrics: { involution: { loss: 1.5, accuracy: 0.46233, valLoss: null, valAccuracy: null } },
    };
    assert.equal(
      statusText(state),
      '$(sync~spin) Involution (kernelSize $ (bug)) · 3/20 · 0.4623 · 2 m 10 s',
    );
    assert.equal(
      statusText({ ...state, state: 'paused' }),
      '$(debug-pause) Involution (kernelSize $ (bug)) · 3/20 · 0.4623',
    );
    assert(isUnderWay(state.state));
    assert(!isUnderWay(idleTraining.state));
  });
});
