import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { printable, printableLines, shellWord } from '../../../src/cli/printable';
import { table } from '../../../src/cli/table';
import { involution } from '../support/involution';

// A test is several processes.
vi.setConfig({ testTimeout: 300_000 });

/** Whatever may not reach a terminal; a line's end may. */
const unprintable = /(?!\n)[\p{Cc}\u2028-\u202e\u2066-\u2069]/u;
const forged = 'x\u001b]0;title\u0007\u001b[2K\u009b31m\nlatest  done\u202e';

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'involution printable '));
});
afterAll(() => rm(base, { recursive: true }));

describe('a name on a terminal', () => {
  it('stays in its line and in its cell, and says what was in it', () => {
    expect(printable('a\u001b[31m\nb')).toBe('a\\u001b[31m\\u000ab');
    expect(printable('naïve 猫 👩‍👩‍👧')).toBe('naïve 猫 👩‍👩‍👧');
    expect(printableLines('a\n\tb\u0007')).toBe('a\n\tb\\u0007');
    expect(table([{ title: 'Run' }, { title: 'State' }], [[forged, 'done']]).split('\n')).toHaveLength(2);
  });

  it('is the same JSON when it is escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = printableLines(JSON.stringify({ text }));
        expect(line).not.toMatch(unprintable);
        expect(JSON.parse(line)).toEqual({ text });
      }),
    );
  });

  it('is one word for a shell, whatever is in it', () => {
    expect(shellWord('/a/b-1.c')).toBe('/a/b-1.c');
    expect(shellWord('it’s a "run"')).toBe(`'it’s a "run"'`);
    expect(shellWord('-rf')).toBe("'-rf'");
    const words = ['$(touch x)', '`id`', "it's", 'a b', '!!', '\\', '', '*', '~', '{a,b}', "''"];
    const command = `printf '%s\\n' ${words.map(shellWord).join(' ')}`;
    expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' })).toBe(`${words.join('\n')}\n`);
  });

  it('never reaches it from the command', async () => {
    const runs = join(base, 'runs');
    await mkdir(join(runs, forged), { recursive: true });
    await writeFile(join(runs, forged, 'run.json'), `{"id": ${JSON.stringify(forged)}}`);
    const asked: string[][] = [
      ['runs', '--runs', runs],
      ['evaluate', forged, '--runs', runs],
      ['data', join(base, forged)],
      ['train', '--engine', forged],
      ['--debug', 'data', join(base, forged)],
    ];
    for (const words of asked) {
      const { out, err } = await involution(words);
      expect(out + err).not.toMatch(unprintable);
      expect(out + err).toContain('\\u001b');
    }
  });
});

describe('the exit code', () => {
  it.each([
    [2, ['train', '--epochs', '0']],
    [2, ['train', '--epochs', '-1']],
    [2, ['train', '--seed', '99999999999']],
    [2, ['train', '--model', 'involution', '--id', 'a', '--model', 'drin', '--id', 'a']],
    [2, ['train', '--schedule', 'step:0']],
    [2, ['train', '--momentum', '0.9']],
    [2, ['train', '--optimizer', 'sgd', '--momentum', '2']],
    [2, ['train', '--augment', 'mirror']],
    [2, ['train', '--engine', 'none']],
    [2, ['data', '.', '--image-size', '0']],
    [2, ['data', '.', '--validation-split', '2']],
    [2, ['summary', '--image-size', '0']],
    [2, ['summary', '--classes', '0']],
    [2, ['kernels']],
    [2, ['kernels', 'a.png']],
    [2, ['kernels', 'a.png', '--out', 'b.png', '--limit', '-1']],
    [2, ['kernels', '--validation', '0']],
    [2, ['bench', '--rounds', '0']],
    [2, ['bench', '--batch-size', '0']],
    [2, ['bench', '--seconds', '0']],
    [2, ['engines', 'install', 'none']],
    [2, ['runs', 'fly']],
    [2, []],
    [1, ['data', 'no such folder']],
    [1, ['evaluate', '--runs', 'no such folder']],
    [0, ['runs', '--runs', 'no such folder']],
    [0, ['train', '--help']],
  ])('is %i for %j', async (code, words) => {
    const outcome = await involution(words, base);
    expect(outcome.code, outcome.err).toBe(code);
    expect(outcome.err).not.toMatch(/\bE[A-Z]{4,}:/);
  });

  it('comes with words where the system gave a code', async () => {
    await writeFile(join(base, 'a file'), '');
    const { code, err } = await involution(['runs', '--runs', join(base, 'a file')]);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/a file can't be read: a part of the path is a file, not a folder\./),
    });
  });
});
