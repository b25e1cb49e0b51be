import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { buildLibrary } from '../../src/library/build.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

/** A project of somebody else's, with the built package and TF.js in its node_modules. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'involution-library-'));
  cpSync(join(repository, 'test/unit/library'), folder, { recursive: true });
  const installed = join(folder, 'node_modules/involution-lab');
  await buildLibrary(join(installed, 'dist/library'));
  const { name, version, type, exports } = manifest;
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ name, version, type, exports }));
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(join(repository, 'node_modules/@tensorflow'), join(folder, 'node_modules/@tensorflow'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a Node program prints. */
function run(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  expect(status, stdout + stderr).toBe(0);
  return stdout;
}

describe('the published library', () => {
  it('trains, saves and loads in a program that only knows TF.js', () => {
    const result = JSON.parse(run('program.mjs').split('\n').at(-2)!);
    expect(result.shapes).toEqual([
      [2, 3],
      [2, 4, 5, 25, 1, 2],
    ]);
    expect(result.loss).toBeGreaterThan(0);
    // conv1's bias goes before a batch normalisation and has no gradient to speak of; the moving statistics move.
    expect(result.changed.filter(Boolean).length).toBeGreaterThanOrEqual(9);
    expect(result.predictions[0]).toEqual(result.predictions[1]);
    expect(result.weightNames.slice(0, 6)).toEqual(
      ['conv1_kernel', 'conv1_bias', 'gamma', 'beta', 'conv2_kernel', 'conv2_bias'].map(
        (name) => `inv/${name}`,
      ),
    );
    expect(result.ones).toBe('4 6 4 6 9 6 4 6 4');
    expect(result.map.slice(0, 2)).toEqual([4, 5]);
    for (const [index, value] of result.map[2].entries())
      expect(value).toBeCloseTo(result.kernelSums[index], 5);
    expect(result.totals).toEqual([39_230, 957_536]);
    expect(result.title).toBe('Model: "inv_model"');
    expect(result.refused).toEqual({
      isArgumentError: true,
      message: expect.stringMatching(/groups must be a divisor of the input's 4 channels, but is 3\.$/),
    });
  });

  it('can be required', () => {
    expect(JSON.parse(run('program.cjs').split('\n').at(-2)!).slice(0, 3)).toEqual([
      'input_layer',
      'inv_1',
      're_lu_1',
    ]);
  });

  it('has types', () => {
    const compiler = join(repository, 'node_modules/typescript/bin/tsc');
    const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck'];
    expect(run(compiler, ...options, 'program.ts')).toBe('');
  });
});
