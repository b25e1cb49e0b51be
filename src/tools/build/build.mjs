// Builds everything that ships: `node src/tools/build/build.mjs [target…] [--watch]`. Targets: host, node, webviews, library, hostTests.
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as esbuild from 'esbuild';
import { tsImport } from 'tsx/esm/api';
import { focusVisible } from '../../../webview/focusVisible.mjs';
import { external, nodeModule, trainingAssets } from './bundling.mjs';
import { buildLibrary } from './library.mjs';

const common = {
  bundle: true,
  minify: true,
  sourcemap: true,
  logLevel: 'info',
  target: 'node20',
  keepNames: true,
  // Its main entry is UMD, which no bundler can follow.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
};

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
    ...nodeModule,
    splitting: true,
    entryPoints: { involution: 'src/cli/main.ts', worker: 'src/worker/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
  },
  /** They share their chunks; the lab's sections, and the dashboard's chart, are loaded when they are first drawn. */
  webviews: {
    ...common,
    target: 'chrome120',
    platform: 'browser',
    format: 'esm',
    splitting: true,
    metafile: true,
    keepNames: false,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    entryPoints: {
      dashboard: 'webview/dashboard/main.tsx',
      lab: 'webview/lab/main.tsx',
      diagram: 'webview/diagram/main.tsx',
    },
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

/** What the bundles load by path: also lock files, and Python. */
function copyAssets() {
  const assets = [
    ...trainingAssets,
    'src/engines/tensorflow/binding/tfjs-node.lock.json',
    'src/engines/tensorflow/binding/tfjs-node-gpu.lock.json',
    'src/node/export/involution_layer.py',
  ];
  mkdirSync('dist', { recursive: true });
  for (const file of assets) copyFileSync(file, join('dist', basename(file)));
  cpSync('src/cli/bench/peer', 'dist/peer', { recursive: true });
}

/** What the editor completes and explains network files by. */
async function writeSchema() {
  const { editorJsonSchema } = await tsImport('../../core/network/editorSchema.ts', import.meta.url);
  mkdirSync('dist', { recursive: true });
  writeFileSync('dist/network.schema.json', JSON.stringify(editorJsonSchema()));
}

/** A chunk is named by its content: those of earlier builds would be packaged for ever. */
function removeChunks() {
  for (const file of readdirSync('dist')) if (file.startsWith('chunk-')) rmSync(join('dist', file));
}

/** What is in each file of the webviews, and what it imports: the size budget is counted from it. */
function noteContents({ metafile }) {
  mkdirSync('out', { recursive: true });
  writeFileSync('out/webviews.json', JSON.stringify(metafile));
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
    execFileSync(process.execPath, ['src/tools/build/assembly.mjs'], { stdio: 'inherit' });
    copyAssets();
    removeChunks();
  }
  if (target === 'webviews') rmSync(options.outdir, { recursive: true, force: true });
  if (target === 'host') await writeSchema();
  if (watch) {
    await (await esbuild.context(options)).watch();
    continue;
  }
  const result = await esbuild.build(options);
  if (target === 'webviews') noteContents(result);
}
