// Compiles the wasm engine's AssemblyScript when a source is newer than what was made of it: kernels.wasm, and
// fusedKernels.wasm for processors and runtimes that fuse multiplication and addition (see assembly/lanes.ts).
// A script for the build, and a vitest globalSetup for the tests.
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { argv, pid } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { main as compile } from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('../../engines/wasm/assembly/', import.meta.url));
const outputs = { 'kernels.wasm': [], 'fusedKernels.wasm': ['--enable', 'relaxed-simd'] };
const pathOf = (name) => fileURLToPath(new URL(`../../engines/wasm/${name}`, import.meta.url));

const newestSource = () =>
  Math.max(...readdirSync(folder).map((file) => statSync(join(folder, file)).mtimeMs));

const options = [
  // The module lives in TF.js's heap: it brings no memory, no allocator and no data of its own.
  ...['--importMemory', '--noExportMemory', '--initialMemory', '0', '--maximumMemory', '65536'],
  ...['--runtime', 'stub', '--noAssert', '--uncheckedBehavior', 'always'],
  ...['--enable', 'simd', '--disable', 'reference-types', '-O3', '--converge'],
];

export default async function buildKernels() {
  for (const [name, features] of Object.entries(outputs)) await buildOne(pathOf(name), features);
}

async function buildOne(output, features) {
  if (existsSync(output) && statSync(output).mtimeMs >= newestSource()) return;
  // Another process may be building too: write beside it, and rename.
  const draft = `${output}.${pid}`;
  const { error, stderr } = await compile([
    ...[join(folder, 'index.ts'), '--outFile', draft],
    ...[...options, ...features],
  ]);
  if (error) {
    rmSync(draft, { force: true });
    throw new Error(`The WebAssembly kernels don't compile:\n${stderr}`);
  }
  renameSync(draft, output);
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) await buildKernels();
