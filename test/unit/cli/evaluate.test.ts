import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { involution as runCommand } from '../support/involution';

// A test is several processes, one after another; on a busy machine each takes its time to start.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let base: string;
let run: string;
const involution = (...words: string[]) => runCommand(words, base);
const evaluate = (...words: string[]) => involution('evaluate', '--engine', 'cpu', ...words);

async function image(name: string, grey: number): Promise<void> {
  await mkdir(join(base, 'pets', name), { recursive: true });
  const background = { r: grey, g: 255 - grey, b: 7 };
  await sharp({ create: { width: 9, height: 9, channels: 3, background } })
    .png()
    .toFile(join(base, 'pets', name, `${grey}.png`));
}

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'involution evaluate '));
  for (let i = 0; i < 10; i++) {
    await image('cats', 10 + i);
    await image('dogs', 200 + i);
  }
  // A learning rate that drives the logits far apart.
  const words = '--data pets --image-size 8 --model convolution --epochs 2 --learning-rate 5 --batch-size 4';
  const { out, err, code } = await involution('train', ...words.split(' '), '--engine', 'wasm', '--json');
  expect(code, err).toBe(0);
  run = JSON.parse(out.split('\n')[0]!).folder;
});
afterAll(() => rm(base, { recursive: true }));

describe('involution evaluate', () => {
  it('says which run it took, and has the loss of its log', async () => {
    const [machine, person] = await Promise.all([evaluate('--json'), evaluate()]);
    const log = (await readFile(join(run, 'events.jsonl'), 'utf8')).trim().split('\n');
    const epochs = log.map((line) => JSON.parse(line)).filter(({ type }) => type === 'epoch');
    const { valLoss, valAccuracy } = epochs.at(-1);
    const [evaluation, ...others] = JSON.parse(machine.out);
    expect(others).toEqual([]);
    expect(evaluation).toMatchObject({
      run: run.split(/[\\/]/).at(-1),
      folder: run,
      dataChange: null,
      model: 'convolution',
      epoch: 2,
      accuracy: valAccuracy,
    });
    expect(Math.abs(evaluation.loss - valLoss)).toBeLessThanOrEqual(1e-5 * valLoss);
    expect(person.out).toMatch(/^Run (.*), .*\1\n\nconvolution, epoch 2: accuracy /);
  });

  it('finds a folder that has moved, and no other', async () => {
    await rename(join(base, 'pets'), join(base, 'moved'));
    const lost = await evaluate();
    expect(lost.code).toBe(1);
    expect(lost.err).toContain(
      'does not exist. Give a folder with one subfolder of images per class. If the folder has moved, the command can be told where it is now: --data DIR.',
    );
    expect(JSON.parse((await evaluate('--json', '--data', 'moved')).out)).toMatchObject([
      { dataChange: null },
    ]);
    await rename(join(base, 'moved'), join(base, 'pets'));
  });

  it('refuses data that has changed, or says so with what it evaluates all the same', async () => {
    await image('cats', 99);
    const refused = await evaluate();
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(/has changed since it began: more images: 17 to train and 4 to validate/);
    const kernels = await involution('kernels', '--run', 'latest', '--validation', '1', '--json');
    // It trained no involution: that is said first.
    expect(kernels.err).toContain('trained no involution network');
    const [machine, person] = await Promise.all([evaluate('--anyway', '--json'), evaluate('--anyway')]);
    expect(JSON.parse(machine.out)[0].dataChange).toMatch(/^more images: 17 to train and 4/);
    expect(person.out).toMatch(
      /\nNot on the images that the run was validated with, and .*: more images: 17/,
    );

    await image('birds', 1);
    await image('birds', 2);
    const nonsense = await evaluate('--anyway');
    expect(nonsense).toMatchObject({ code: 1, out: '' });
    expect(nonsense.err).toContain('classes that are new: "birds"');
    await rm(join(base, 'pets', 'birds'), { recursive: true });
    await rm(join(base, 'pets', 'cats', '99.png'));
  });

  it.each([
    [['evaluate', '--model', 'involution'], 'has no model "involution". There are convolution.'],
    [['train', '--data', 'cifar10', '--train-count', '50'], '--train-count is for the built-in shapes;'],
    [['train', '--image-size', '64'], '--image-size is for an image folder;'],
    [['data', 'shapes', '--validation-split', '0.5'], '--validation-split is for an image folder;'],
    [['data', 'cifar10', '--seed', '3'], '--seed is for the built-in shapes or an image folder;'],
    [['data', 'pets', '--image-size', '4'], 'imageSize must be >=8, not 4.'],
  ])('leaves no option aside in silence: %j is exit code 2', async (words, message) => {
    const { code, out, err } = await involution(...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});
