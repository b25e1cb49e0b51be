// Packs `involution bench` for a Linux x64 machine that has nothing but a GPU's driver and, for peers, a Python with PyTorch:
// `npm run package:bench [-- NODE]`, after `npm run build`, on Debian. NODE is the Node that goes with it (default: this one).
// There: `tar -xJf involution-bench-VERSION.tar.xz && involution-bench/bench.sh --engine webgpu --peer python3`, or, for the page of
// benchmarks, `involution-bench/bench.sh tables python3`.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import * as esbuild from 'esbuild';
import { platformsOf } from './nativeParts';

const megabyte = 1e6;
/** What can be sent wherever files are small. */
const limit = 64 * megabyte;
/** The Vulkan loader, and what NVIDIA's driver is linked to. */
const debianPackages = [
  ...['libvulkan1', 'libegl1', 'libglvnd0', 'libopengl0', 'libgl1', 'libglx0', 'libgles2'],
  ...['libx11-6', 'libxext6', 'libxcb1', 'libxau6', 'libxdmcp6', 'libbsd0', 'libmd0'],
];
/** Of a package, what is loaded. */
const packages: Readonly<Record<string, readonly string[]>> = {
  webgpu: ['package.json', 'LICENSE.md', 'index.js', 'dist/linux-x64'],
  debug: ['package.json', 'LICENSE', 'src'],
  ms: ['package.json', 'license.md', 'index.js'],
  h5wasm: ['package.json', 'LICENSE.txt', 'dist/node'],
};

const [node = process.execPath] = process.argv.slice(2);
if (!platformsOf(readFileSync(node)).includes('linux-x64'))
  throw new Error(`${node} is no Node for Linux x64. Name one: npm run package:bench -- NODE`);

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const out = resolve('out', 'bench');
const folder = join(out, 'involution-bench');
rmSync(out, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

copyFileSync('src/tools/packaging/bench.sh', join(folder, 'bench.sh'));
copyFileSync('LICENSE', join(folder, 'LICENSE'));
run('strip', '-o', join(folder, 'node'), node);
copyDist();
await esbuild.build({
  ...{ entryPoints: ['src/tools/packaging/benchTables.ts'], outfile: join(folder, 'tables.mjs') },
  ...{ bundle: true, platform: 'node', format: 'esm', minify: true },
});
copyPackages();
copyLibraries();
/** As NVIDIA's own has it. */
const driver = { library_path: 'libGLX_nvidia.so.0', api_version: '1.3.0' };
writeFileSync(
  join(folder, 'nvidia_icd.json'),
  `${JSON.stringify({ file_format_version: '1.0.0', ICD: driver }, null, 2)}\n`,
);

const file = resolve('out', `involution-bench-${version}.tar.xz`);
run('tar', '-C', out, '--owner=0', '--group=0', '-I', 'xz -T2', '-cf', file, basename(folder));
const { size } = statSync(file);
console.log(`${file}: ${(size / megabyte).toFixed(1)} of ${limit / megabyte} MB`);
if (size > limit) throw new Error(`${file} is larger than ${limit / megabyte} MB.`);

/** The command and what it loads; neither maps nor what only the editor has. */
function copyDist(): void {
  mkdirSync(join(folder, 'dist'));
  for (const name of readdirSync('dist'))
    if (/\.(mjs|wasm|py|lock\.json)$/.test(name))
      copyFileSync(join('dist', name), join(folder, 'dist', name));
  cpSync('dist/peer', join(folder, 'dist', 'peer'), { recursive: true });
}

function copyPackages(): void {
  for (const [name, parts] of Object.entries(packages))
    for (const part of parts)
      cpSync(join('node_modules', name, part), join(folder, 'node_modules', name, part), { recursive: true });
}

function copyLibraries(): void {
  const [downloads, unpacked, lib] = ['debs', 'unpacked', 'involution-bench/lib'].map((name) =>
    join(out, name),
  );
  for (const each of [downloads!, unpacked!, lib!]) mkdirSync(each);
  execFileSync('apt-get', ['download', ...debianPackages], {
    cwd: downloads,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const name of readdirSync(downloads!)) run('dpkg', '-x', join(downloads!, name), unpacked!);
  cpSync(join(unpacked!, 'usr/lib/x86_64-linux-gnu'), lib!, {
    recursive: true,
    // Each under the name that it is asked for by: links would need what they point to as well.
    dereference: true,
    filter: (source) => !/\.so\.\d+\.\d/.test(basename(source)),
  });
}

function run(program: string, ...words: string[]): void {
  execFileSync(program, words, { stdio: ['ignore', 'ignore', 'inherit'] });
}
