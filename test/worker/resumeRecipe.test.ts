import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listCheckpoints, readCheckpoint } from '../../src/node/runs/checkpoints';
import { readManifest } from '../../src/node/runs/runFolder';
import { Involution } from './support/involution';
import { outcome } from './support/outcome';

/** One model, 2 epochs of 19 steps, with all that a recipe may have. */
const data = '--model involution --data shapes --train-count 300 --validation-count 20 --batch-size 16';
const common = `${data} --epochs 2 --seed 5 --engine wasm --warmup 1.5 --schedule cosine --label-smoothing 0.1 --augment flip,crop:3`;
const recipes = [
  '--optimizer sgd --learning-rate 0.05 --momentum 0.9 --nesterov --weight-decay 1e-3',
  '--optimizer adamw --weight-decay 0.01 --clip-norm 1',
];

// A test is up to five processes, one after another; on a busy machine each takes its time to start.
vi.setConfig({ testTimeout: 300_000 });

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'involution recipe '));
});
afterAll(() => rm(base, { recursive: true }));

const start = (recipe: string) =>
  new Involution('train', ...`${common} ${recipe}`.split(' '), '--runs', join(base, recipe));

/** Where it stops depends on the machine; at an epoch's end there is nothing to see, and less when it was done before. */
async function stoppedWithinAnEpoch(recipe: string): Promise<string> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const first = start(recipe);
    await first.until(() => first.batches() >= 5);
    first.process.kill('SIGINT');
    const code = await first.exit;
    if (code === 0) continue;
    expect(code, first.errors).toBe(130);
    const [stored] = (await listCheckpoints(first.folder, 'involution')).slice(-1);
    // Of 300 / 16 images.
    if (stored!.batch > 0 && stored!.batch < 19) return first.folder;
  }
  throw new Error('Ten times it stopped at an epoch’s end, or was done before.');
}

async function trained(command: Involution): Promise<void> {
  expect(await command.exit, command.errors).toBe(0);
  expect(command.lines.at(-1)).toMatchObject({ type: 'done' });
}

describe.each(recipes)('a training with %s', (recipe) => {
  it('stopped and killed in the middle of epochs, ends as the uninterrupted one did, bit for bit', async () => {
    const whole = start(recipe);
    await trained(whole);
    const expected = await outcome(whole.folder);

    const folder = await stoppedWithinAnEpoch(recipe);
    const second = new Involution('resume', folder);
    await second.until(() => second.batches() >= 2);
    second.process.kill('SIGKILL');
    expect(await second.exit).toBe('SIGKILL');
    await trained(new Involution('resume', folder));
    expect(await outcome(folder)).toEqual(expected);
  });

  it('learns otherwise than without it', async () => {
    const plain = new Involution('train', ...common.split(' '), '--runs', join(base, 'plain'));
    const other = start(recipe);
    await Promise.all([trained(plain), trained(other)]);
    const weights = ({ folder }: Involution) => readFile(join(folder, 'involution/epoch-0002/weights.bin'));
    expect((await weights(plain)).equals(await weights(other))).toBe(false);
  });
});

describe('the spec of a run', () => {
  it('has the recipe, and its checkpoints what the optimizer remembers', async () => {
    const run = start(recipes[0]!);
    await trained(run);
    expect((await readManifest(run.folder)).spec).toMatchObject({
      optimizer: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-3 },
      warmupEpochs: 1.5,
      labelSmoothing: 0.1,
      augmentation: { flip: true, crop: 3 },
    });
    const [last] = (await listCheckpoints(run.folder, 'involution')).slice(-1);
    const { slots } = await readCheckpoint(last!);
    expect(Object.keys(slots)).toEqual(['velocity']);
    expect(slots.velocity!.some((value) => value !== 0)).toBe(true);
  });
});
