import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { involution as runCommand } from '../support/involution';

// A test is several processes, one after another; on a busy machine each takes its time to start.
vi.setConfig({ testTimeout: 300_000 });

/** Two runs of two models each, oldest first. */
let folder: string;
let runs: string[];
const involution = (...words: string[]) => runCommand(words, folder);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution export '));
  for (const [seed, name] of ['a', 'b'].entries())
    await involution(
      ...['train', '--train-count', '20', '--validation-count', '10', '--epochs', '1', '--batch-size', '10'],
      ...['--engine', 'wasm', '--name', name, '--seed', String(seed)],
    );
  const listed = await involution('runs', '--json');
  runs = JSON.parse(listed.out).map((run: { folder: string }) => run.folder);
  runs.reverse();
});
afterAll(() => rm(folder, { recursive: true }));

const weightsOf = (model: string) => readFile(join(folder, model, 'weights.bin'));

describe('involution export', () => {
  it('keeps the exports of one run apart from those of another', async () => {
    const [a, b] = runs as [string, string];
    const written = ['involution', 'convolution'].flatMap((model) =>
      ['model.json', 'weights.bin', 'model.md'].map((file) => join(folder, model, file)),
    );
    const first = await involution('export', a);
    expect(first).toEqual({ code: 0, out: `${written.join('\n')}\n`, err: `Run a, ${a}\n` });
    const weights = await weightsOf('involution');

    const second = await involution('export', 'b');
    expect([second.code, second.out]).toEqual([1, '']);
    expect(second.err).toMatch(
      /^involution: What is there would be lost, and is not an earlier export of the model "involution" of the run .*: .*\. Give another name with --out, or delete it first\.\n$/,
    );
    for (const path of written.slice(0, 2)) expect(second.err).toContain(path);
    expect(await weightsOf('involution')).toEqual(weights);

    // Another epoch of the same run and model.
    expect((await involution('export', 'a', '--checkpoint', '0')).code).toBe(0);
    expect(await weightsOf('involution')).not.toEqual(weights);
    const apart = await involution('export', 'b', '--model', 'involution', '--out', 'other');
    expect([apart.code, apart.err]).toEqual([0, `Run b, ${b}\n`]);
  });

  it('writes nothing into a run', async () => {
    const newest = join(runs[0]!, 'involution', 'epoch-0001');
    const weights = await readFile(join(newest, 'weights.bin'));
    const words = ['export', 'a', '--model', 'involution', '--checkpoint', '0', '--out'];
    for (const place of [newest, join(runs[0]!, 'new')])
      expect(await involution(...words, place)).toEqual({
        code: 1,
        out: '',
        err: `involution: ${place} lies in the folder of a run, ${runs[0]}: what is written there could take the place of a trained network. Export to a place outside of it.\n`,
      });
    expect(await readFile(join(newest, 'weights.bin'))).toEqual(weights);
    await mkdir(join(folder, 'beside'));
    expect((await involution(...words, join(folder, 'beside', 'inn'))).code).toBe(0);
  });
});
