import { readdirSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { parseNetwork } from '../../../src/core/network/parse';
import { involution as runCommand } from '../support/involution';

// A test is several processes, one after another; on a busy machine each takes its time to start.
vi.setConfig({ testTimeout: 300_000 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution command '));
});
afterAll(() => rm(folder, { recursive: true }));

const involution = (...words: string[]) => runCommand(words);

describe('the command', () => {
  it('says its version, and what it can do', async () => {
    const [version, help] = await Promise.all([involution('--version'), involution('--help')]);
    expect(version).toMatchObject({ code: 0, out: `${packageJson.version}\n` });
    expect(help.code).toBe(0);
    for (const name of ['train', 'resume', 'runs', 'models', 'summary'])
      expect(help.out).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(help.out).toContain('Exit codes: 0 all went well, 1 it failed');
  });

  it.each([
    [
      ['train', '--epochs', 'many'],
      "option '--epochs <count>' argument 'many' is invalid. It must be a whole number.",
    ],
    [['train', '--frobnicate'], "unknown option '--frobnicate'"],
    [['fly'], "unknown command 'fly'"],
  ])('does not understand %j: exit code 2', async (words, message) => {
    const { code, out, err } = await involution(...words);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
    expect(err).toMatch(/\("involution.* --help" says more\)/);
  });

  it('tells a failure in one line: exit code 1, and the stack on request', async () => {
    const words = ['train', '--data', 'no such folder', '--engine', 'cpu', '--runs', join(folder, 'none')];
    const [plain, debug] = await Promise.all([involution(...words), involution('--debug', ...words)]);
    expect(plain.code).toBe(1);
    const lines = plain.err.trim().split('\n');
    expect(lines.at(-1)).toMatch(/^involution: .*no such folder/);
    expect(plain.err).not.toContain('    at ');
    expect(debug.code).toBe(1);
    expect(debug.err).toContain('    at ');
  });

  it('refuses a spec that makes no sense before anything is made', async () => {
    const saved = ['--model', 'drin', '--save-network', join(folder, 'unsaved.json')];
    const { code, err } = await involution(
      ...['train', ...saved, '--batch-size', '0', '--runs', join(folder, 'none')],
    );
    expect(await readdir(folder)).not.toContain('unsaved.json');
    expect({ code, err }).toEqual({
      code: 2,
      err: "involution: This can't be trained: batchSize must be >=1, not 0.\n",
    });
  });

  it('lists, renames and deletes runs', async () => {
    const runs = join(folder, 'some');
    const words =
      '--model involution --train-count 40 --validation-count 20 --epochs 1 --batch-size 16 --engine wasm';
    const saved = join(folder, 'saved.json');
    const train = await involution(
      ...['train', ...words.split(' '), '--name', 'first', '--runs', runs, '--save-network', saved, '--json'],
    );
    expect(train.code, train.err).toBe(0);
    const lines = train.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual([
      'run',
      'status',
      'batch',
      'batch',
      'batch',
      'epoch',
      'modelEnd',
      'status',
      'done',
    ]);
    const { run, spec } = lines[0];
    expect(spec.models.map(({ id }: { id: string }) => id)).toEqual(['involution']);
    expect(spec.models[0].network).toEqual(parseNetwork(JSON.parse(await readFile(saved, 'utf8'))));
    const { model, valAccuracy, seconds } = lines[5];
    expect(model).toBe('involution');
    expect(lines.at(-1)).toEqual({
      type: 'done',
      run,
      folder: resolve(runs, run),
      models: [{ id: 'involution', title: 'Involution', valAccuracy, bestValAccuracy: valAccuracy, seconds }],
    });

    const listed = await involution('runs', '--runs', runs, '--json');
    expect(JSON.parse(listed.out)).toMatchObject([
      { id: run, name: 'first', state: 'done', folder: resolve(runs, run) },
    ]);
    expect((await involution('runs', 'rename', 'first', 'the best', '--runs', runs)).code).toBe(0);
    const table = await involution('runs', '--runs', runs);
    expect(table.out).toMatch(
      /^Run +State +Data +Engine +Epochs +Best accuracy +Time\nthe best +done +Built-in shapes +wasm +1\/1 +involution 0\.\d{4} +\d+\.\d s\n$/,
    );
    await cp(resolve(runs, run), resolve(runs, `${run}-2`), { recursive: true });
    const ofOneName = await involution('runs', '--runs', runs);
    expect(ofOneName.out.match(/^the best .+\)/gm)).toEqual([`the best (${run}-2)`, `the best (${run})`]);
    expect((await involution('runs', 'delete', `${run}-2`, '--runs', runs)).code).toBe(0);
    expect((await involution('runs', 'delete', 'the best', '--runs', runs)).code).toBe(0);
    expect((await involution('runs', '--runs', runs)).out).toBe(
      `There is no run in ${runs} yet. Begin one: involution train\n`,
    );
    expect(await involution('resume', '--runs', runs)).toEqual({
      code: 1,
      out: '',
      err: `involution: There is no run in ${runs}. Train one first: involution train.\n`,
    });
  });

  it("trains variants of a model beside a network of one's own, and chooses among them", async () => {
    const runs = ['--runs', join(folder, 'variants')];
    const own = join(folder, 'own.json');
    const saved = await involution('models', 'show', 'involution', '--set', 'depth=2', '--save-network', own);
    expect(saved.code, saved.err).toBe(0);
    const size = '--train-count 20 --validation-count 10 --epochs 1 --batch-size 10 --engine wasm';
    const train = await involution(
      ...['train', '--model', 'involution', '--model', 'involution', '--set', 'kernelSize=5'],
      ...['--network', own, '--id', 'shallow', '--model', 'convolution', '--set', 'width=4'],
      ...[...size.split(' '), ...runs, '--json'],
    );
    expect(train.code, train.err).toBe(0);
    const lines = train.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const ids = ['involution', 'involution-2', 'shallow', 'convolution'];
    const idsOf = (models: { id: string }[]) => models.map(({ id }) => id);
    expect(idsOf(lines[0].spec.models)).toEqual(ids);
    expect(lines.filter(({ type }) => type === 'epoch').map(({ model }) => model)).toEqual(ids);
    expect(idsOf(lines.at(-1).models)).toEqual(ids);

    const listed = await involution('runs', ...runs);
    expect(listed.out).toMatch(
      / involution 0\.\d{4}, involution-2 0\.\d{4}, shallow 0\.\d{4}, convolution 0\.\d{4} /,
    );
    const evaluated = await involution(
      'evaluate',
      '--model',
      'shallow',
      '--engine',
      'cpu',
      ...runs,
      '--json',
    );
    expect(JSON.parse(evaluated.out)).toMatchObject([{ model: 'shallow', epoch: 1 }]);
    const look = ['kernels', '--run', 'latest', '--validation', '1', '--engine', 'cpu', ...runs, '--json'];
    const [first, second] = await Promise.all([
      involution(...look, '--checkpoint', 'best'),
      involution(...look, '--model', 'involution-2'),
    ]);
    const kernelSizes = ({ out }: { out: string }) => {
      const [{ model, layers }] = JSON.parse(out).images;
      return [model, layers.map(({ kernelSize }: { kernelSize: number }) => kernelSize)];
    };
    expect([first, second].map(kernelSizes)).toEqual([
      ['involution', [3, 3, 3]],
      ['involution-2', [5, 5, 5]],
    ]);
    const [none, misspelt] = await Promise.all([
      involution(...look, '--model', 'convolution'),
      involution('export', '--model', 'shalow', ...runs),
    ]);
    expect(none).toEqual({
      code: 2,
      out: '',
      err: 'involution: The model convolution has no involutions, so it has no kernels to show. involution, involution-2, shallow can be asked for.\n',
    });
    expect(misspelt).toMatchObject({ code: 2, out: '' });
    expect(misspelt.err).toContain('has no model "shalow". Did you mean "shallow"? There are involution, ');
  });

  it('refuses a network that does not fit the images, by its file, before anything is made', async () => {
    const file = join(folder, 'wide.json');
    await writeFile(
      file,
      JSON.stringify({
        name: 'wide',
        layers: [{ kind: 'involution', groups: 4 }, { kind: 'flatten' }, { kind: 'dense', units: 'classes' }],
      }),
    );
    const runs = join(folder, 'refused');
    const message = `${file}: The network "wide" can't be built: layers[0] (involution): groups must be a divisor of its input's 3 channels, but is 4.`;
    for (const words of [
      ['train', '--train-count', '10', '--engine', 'cpu', '--runs', runs],
      ['summary'],
      ['bench', '--engine', 'cpu'],
    ]) {
      const { code, out, err } = await involution(...words, '--network', file);
      expect({ code, last: err.trim().split('\n').at(-1) }, words[0]).toEqual({
        code: 2,
        last: `involution: ${message}`,
      });
      expect(out).not.toContain('epoch');
    }
    // Whether there is a place for a run is looked at first of all.
    expect(readdirSync(runs).filter((name) => !name.startsWith('.'))).toEqual([]);
  });

  it('takes the checkpoint of a run that is asked for', async () => {
    const runs = ['--runs', join(folder, 'checkpoints')];
    const size = '--model involution --train-count 40 --validation-count 20 --epochs 2 --batch-size 16';
    const train = await involution('train', ...size.split(' '), '--engine', 'wasm', ...runs, '--json');
    expect(train.code, train.err).toBe(0);
    const epochs = train.out.split('\n').filter((line) => line.startsWith('{"type":"epoch"'));
    const accuracies = epochs.map((line) => JSON.parse(line).valAccuracy as number);
    const best = Math.max(...accuracies);

    const evaluate = async (choice: string) => {
      const { out, err } = await involution(
        ...['evaluate', '--checkpoint', choice, '--engine', 'cpu', ...runs, '--json'],
      );
      expect(err).toBe('');
      return JSON.parse(out);
    };
    expect(await evaluate('last')).toMatchObject([
      { model: 'involution', epoch: 2, accuracy: accuracies[1] },
    ]);
    expect(await evaluate('best')).toMatchObject([{ epoch: 1 + accuracies.indexOf(best), accuracy: best }]);

    const look = ['kernels', '--validation', '1', '--run', 'latest', '--engine', 'cpu', ...runs, '--json'];
    const untrained = await involution(...look, '--checkpoint', '0');
    expect(JSON.parse(untrained.out).images).toMatchObject([{ trained: false, epoch: 0 }]);
    const absent = await involution('export', '--checkpoint', '9', ...runs);
    expect(absent.code).toBe(1);
    expect(absent.err).toMatch(
      /^involution: The involution model of .* has no checkpoint of epoch 9; there are 0, 1, 2\.\n$/,
    );
  });

  it("summarises the example's models", async () => {
    const { code, out } = await involution('summary', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([
      { name: 'inv_model', totals: { total: 39_230, trainable: 13_074, nonTrainable: 6, optimizer: 26_150 } },
      {
        name: 'sequential',
        totals: { total: 957_536, trainable: 319_178, nonTrainable: 0, optimizer: 638_358 },
      },
    ]);
    for (const { layers } of JSON.parse(out))
      for (const layer of layers)
        expect(layer).toEqual({
          name: expect.any(String),
          type: expect.any(String),
          outputShapes: expect.any(Array),
          params: expect.any(Number),
          macs: expect.any(Number),
          activationBytes: expect.any(Number),
        });
    const one = JSON.parse((await involution('summary', '--model', 'involution', '--json')).out);
    expect(one.layers[1]).toMatchObject({
      ...{ name: 'inv_1', type: 'Involution', params: 26, macs: 39_936 },
      outputShapes: [
        [null, 32, 32, 3],
        [null, 32, 32, 9, 1, 1],
      ],
    });
  });
});
