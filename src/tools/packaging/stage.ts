import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmCommand } from '../../node/programs.mjs';
import { checkNativeParts } from './nativeParts';
import { type Platform, platforms } from './platforms';

/** Packages that cannot be bundled: two with native parts, one large WebAssembly module that is loaded when asked for. */
const unbundled = ['sharp', 'webgpu', 'h5wasm'];
const shipped = [
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'package.nls.json',
  'package.nls.zh-cn.json',
  'media',
  'dist',
];
/** Built for other readers: a package of its own. */
const notShipped = ['dist/library'];

function versionOf(name: string): string {
  return JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')).version;
}

/** Removes everything in `folder` but `keep`. */
function keepOnly(folder: string, keep: string[]): void {
  for (const entry of readdirSync(folder))
    if (!keep.includes(entry)) rmSync(join(folder, entry), { recursive: true, force: true });
}

/**
 * Lays out one platform's extension in `out/stage/<platform>`: the bundles, the media, and beside the bundles a
 * `node_modules` with the native parts of that platform and no other.
 */
export function stage(platform: Platform): string {
  const { os, cpu, dawn } = platforms[platform];
  const folder = join('out', 'stage', platform);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const entry of shipped) cpSync(entry, join(folder, entry), { recursive: true });
  for (const entry of notShipped) rmSync(join(folder, entry), { recursive: true, force: true });

  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  for (const field of ['scripts', 'dependencies', 'devDependencies', 'optionalDependencies', 'bin', 'files'])
    delete manifest[field];
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);

  // Everything here is meant to be packaged: vsce warns where nothing says so.
  writeFileSync(join(folder, '.vscodeignore'), '');

  const natives = join(folder, 'dist');
  writeFileSync(join(natives, 'package.json'), '{ "private": true, "type": "module" }\n');
  const { file, args, env } = npmCommand([
    ...['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'],
    ...[`--os=${os}`, `--cpu=${cpu}`, ...(os === 'linux' ? ['--libc=glibc'] : [])],
    ...unbundled.map((name) => `${name}@${versionOf(name)}`),
  ]);
  execFileSync(file, args, { cwd: natives, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const modules = join(natives, 'node_modules');
  keepOnly(join(modules, 'webgpu', 'dist'), [dawn]);
  keepOnly(join(modules, 'h5wasm', 'dist'), ['node']);
  for (const extra of [
    '@types',
    'undici-types',
    '.bin',
    '.package-lock.json',
    '@webgpu',
    'debug',
    'ms',
    'webgpu/node_modules',
    'webgpu/build',
    'h5wasm/src',
    'h5wasm/test',
    'sharp/src',
    'sharp/install',
  ])
    rmSync(join(modules, extra), { recursive: true, force: true });
  checkNativeParts(modules, platform);
  return folder;
}
