import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { extract } from 'tar';
import { afterAll, beforeAll, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { npmCommand } from '../../../src/node/programs.mjs';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
let folder: string;
let installed: string;

/** The package as npm publishes it, and in its node_modules what it depends on: nothing else of this checkout's is found. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'involution-command-'));
  installed = join(folder, 'node_modules/involution-lab');
  mkdirSync(installed, { recursive: true });
  const { file, args, env } = npmCommand(['pack', '--pack-destination', folder]);
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: repository, env, encoding: 'utf8' });
  expect(status, stdout + stderr).toBe(0);
  await extract({
    file: join(folder, `involution-lab-${manifest.version}.tgz`),
    cwd: installed,
    strip: 1,
  });
  for (const name of Object.keys(manifest.dependencies))
    symlinkSync(join(repository, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the command prints. */
function involution(...words: string[]): string {
  const command = join(installed, manifest.bin.involution);
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(status, stdout + stderr).toBe(0);
  return stdout;
}

it('is all that the package holds', () => {
  expect(readFileSync(join(installed, manifest.bin.involution), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  for (const file of ['README.md', 'LICENSE', 'package.json'])
    expect(existsSync(join(installed, file)), file).toBe(true);
  const others = [
    'dist/extension.cjs',
    'dist/webview',
    'dist/library',
    'dist/involution.mjs.map',
    'src',
    'test',
  ];
  for (const file of others) expect(existsSync(join(installed, file)), file).toBe(false);
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
