import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { extract } from 'tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { npmCommand } from '../../src/node/programs.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let installed: string;

/** A project of somebody else's: in its node_modules the package as npm publishes it, what it depends on, and TF.js. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'involution-library-'));
  cpSync(join(repository, 'test/unit/library'), folder, { recursive: true });
  installed = join(folder, 'node_modules/involution-lab');
  mkdirSync(installed, { recursive: true });
  pack();
  await extract({
    file: join(folder, `involution-lab-${manifest.version}.tgz`),
    cwd: installed,
    strip: 1,
  });
  const { dependencies, peerDependenciesMeta: optional } = manifest;
  const peers = Object.keys(manifest.peerDependencies).filter((name) => !(name in optional));
  for (const name of [...Object.keys(dependencies), ...peers, '@tensorflow/tfjs-backend-cpu']) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(repository, 'node_modules', name), link, 'junction');
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pack(): void {
  const { file, args, env } = npmCommand(['pack', '--pack-destination', folder]);
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: repository, env, encoding: 'utf8' });
  expect(status, stdout + stderr).toBe(0);
}

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

describe('the published command', () => {
  const involution = (...words: string[]) => run(join(installed, manifest.bin.involution), ...words);

  it('is what the package holds beside the library, without the extension', () => {
    expect(readFileSync(join(installed, manifest.bin.involution), 'utf8')).toMatch(
      /^#!\/usr\/bin\/env node\n/,
    );
    for (const file of ['README.md', 'LICENSE', 'package.json', 'dist/library/index.d.ts'])
      expect(existsSync(join(installed, file)), file).toBe(true);
    for (const file of ['dist/extension.cjs', 'dist/webview', 'dist/involution.mjs.map', 'src', 'test'])
      expect(existsSync(join(installed, file)), file).toBe(false);
  });

  it('says what it can do', () => {
    const help = involution('--help');
    expect(help).toMatch(/^Usage: involution \[options\] \[command\]\n/);
    for (const name of ['train', 'kernels', 'bench']) expect(help).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(involution('--version')).toBe(`${manifest.version}\n`);
  });

  it('trains on threads, then writes the network for Keras and the first images', () => {
    const size = ['--train-count', '40', '--validation-count', '20', '--batch-size', '16', '--epochs', '1'];
    const words = ['train', '--model', 'involution', ...size, '--engine', 'wasm', '--json'];
    const events = involution(...words)
      .trim()
      .split('\n');
    expect(JSON.parse(events.at(-1)!)).toMatchObject({ type: 'done', models: [{ id: 'involution' }] });
    const keras = involution('export', '--format', 'keras').split('\n')[0]!;
    expect(Object.keys(unzipSync(readFileSync(keras))).sort()).toEqual([
      'config.json',
      'metadata.json',
      'model.weights.h5',
    ]);
    expect(involution('data', 'shapes', '--out', 'shapes.png')).toContain('The first images: ');
    expect(readFileSync(join(folder, 'shapes.png')).subarray(1, 4).toString()).toBe('PNG');
  });
});
