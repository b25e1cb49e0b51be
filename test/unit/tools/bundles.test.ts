import * as esbuild from 'esbuild';
import { describe, expect, it } from 'vitest';

/** Every module that a bundle would hold. */
async function modulesOf(entry: string, options: esbuild.BuildOptions): Promise<string[]> {
  const { metafile } = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    outdir: 'out/bundles',
    logLevel: 'silent',
    loader: { '.ttf': 'empty' },
    ...options,
  });
  const script = Object.entries(metafile!.outputs).find(([name]) => name.endsWith('.js'))![1];
  return Object.entries(script.inputs).flatMap(([name, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [name] : [],
  );
}

const browser: esbuild.BuildOptions = { platform: 'browser', jsx: 'automatic', jsxImportSource: 'preact' };
const node: esbuild.BuildOptions = { platform: 'node', external: ['vscode', 'sharp', 'webgpu', 'h5wasm'] };

describe('what an editor loads', () => {
  it.each([
    ['src/extension.ts', node],
    ['webview/dashboard/main.tsx', browser],
    ['webview/lab/main.tsx', browser],
  ] as const)('%s has nothing of TensorFlow.js, whose networks it only counts', async (entry, options) => {
    const modules = await modulesOf(entry, options);
    expect(modules).toContain(entry);
    expect(modules.filter((name) => name.includes('@tensorflow'))).toEqual([]);
  });

  it('has what counts them where models are chosen', async () => {
    for (const [entry, options] of [
      ['src/extension.ts', node],
      ['webview/dashboard/main.tsx', browser],
    ] as const)
      expect(await modulesOf(entry, options)).toContain('src/core/network/footprint.ts');
  });
});
