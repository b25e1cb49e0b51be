// Builds everything that ships: `node esbuild.mjs [target…] [--watch]`. Targets: host, node, webviews, library, hostTests.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import * as esbuild from 'esbuild';
import { buildLibrary } from './src/library/build.mjs';
import { focusVisible } from './webview/focusVisible.mjs';

const require = createRequire(import.meta.url);

const common = {
  bundle: true,
  minify: true,
  sourcemap: true,
  logLevel: 'info',
  target: 'node20',
  keepNames: true,
};

/** Native or very large packages: installed beside the bundle, never inside it. */
const external = ['vscode', 'sharp', 'webgpu', 'h5wasm', 'h5wasm/node'];

const builds = {
  host: {
    ...common,
    platform: 'node',
    format: 'cjs',
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    external,
  },
  /** The command and the worker share their chunks; heavy parts stay behind dynamic imports. */
  node: {
    ...common,
    platform: 'node',
    format: 'esm',
    splitting: true,
    entryPoints: { involution: 'src/cli/main.ts', worker: 'src/worker/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    external,
    // TF.js's Node builds are CommonJS: they call require for Node's own modules, and ask where they lie.
    banner: {
      js: [
        "import { createRequire as __createRequire } from 'node:module';",
        "import { dirname as __dirnameOf } from 'node:path';",
        "import { fileURLToPath as __pathOf } from 'node:url';",
        'const require = __createRequire(import.meta.url), __filename = __pathOf(import.meta.url), __dirname = __dirnameOf(__filename);',
      ].join(' '),
    },
  },
  webviews: {
    ...common,
    target: 'chrome120',
    platform: 'browser',
    format: 'iife',
    keepNames: false,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    entryPoints: { dashboard: 'webview/dashboard/main.tsx', lab: 'webview/lab/main.tsx' },
    outdir: 'dist/webview',
    loader: { '.ttf': 'file' },
    plugins: [focusVisible],
    assetNames: '[name]',
  },
  hostTests: {
    ...common,
    minify: false,
    platform: 'node',
    format: 'cjs',
    entryPoints: ['test/host/*.ts'],
    outdir: 'out/test/host',
    outExtension: { '.js': '.cjs' },
    external: [...external, 'mocha'],
  },
};

/** What the bundles load by path: TF.js's wasm binary, our own kernels, scripts of threads, lock files, and Python. */
function copyAssets() {
  const stock = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  const assets = [
    join(stock, 'tfjs-backend-wasm-simd.wasm'),
    'src/engines/wasm/kernels.wasm',
    'src/engines/wasm/kernelThread.mjs',
    'src/engines/tensorflow/binding/tfjs-node.lock.json',
    'src/engines/tensorflow/binding/tfjs-node-gpu.lock.json',
    'src/node/data/prefetchThread.mjs',
    'src/node/export/involution_layer.py',
    'src/cli/bench/peer.py',
  ];
  mkdirSync('dist', { recursive: true });
  for (const file of assets) copyFileSync(file, join('dist', basename(file)));
}

/** A chunk is named by its content: those of earlier builds would be packaged for ever. */
function removeChunks() {
  for (const file of readdirSync('dist')) if (file.startsWith('chunk-')) rmSync(join('dist', file));
}

const words = process.argv.slice(2);
const watch = words.includes('--watch');
const targets = words.filter((word) => !word.startsWith('--'));
const known = [...Object.keys(builds), 'library'];
for (const target of targets.length ? targets : known) {
  if (target === 'library') {
    await buildLibrary('dist/library');
    continue;
  }
  const options = builds[target];
  if (!options) throw new Error(`No build target "${target}"; there are ${known.join(', ')}.`);
  if (target === 'node') {
    execFileSync(process.execPath, ['src/engines/wasm/assembly/build.mjs'], { stdio: 'inherit' });
    copyAssets();
    removeChunks();
  }
  if (watch) await (await esbuild.context(options)).watch();
  else await esbuild.build(options);
}
