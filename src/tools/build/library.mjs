import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateDtsBundle } from 'dts-bundle-generator';
import * as esbuild from 'esbuild';

const entry = fileURLToPath(new URL('../../library/index.ts', import.meta.url));
const tensorFlow = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'];

/** Writes the library for who imports it (index.js), for who requires it (index.cjs), and its types; no TensorFlow.js in it. */
export async function buildLibrary(folder) {
  for (const [format, file] of Object.entries({ esm: 'index.js', cjs: 'index.cjs' })) {
    await esbuild.build({
      entryPoints: [entry],
      outfile: join(folder, file),
      bundle: true,
      platform: 'neutral',
      target: 'es2022',
      format,
      sourcemap: true,
      keepNames: true,
      minifySyntax: true,
      minifyWhitespace: true,
      external: tensorFlow,
    });
  }
  const [types] = generateDtsBundle(
    [
      {
        filePath: entry,
        libraries: { importedLibraries: tensorFlow, inlinedLibraries: ['valibot'] },
        output: { noBanner: true },
      },
    ],
    { preferredConfigPath: fileURLToPath(new URL('../../library/tsconfig.json', import.meta.url)) },
  );
  for (const file of ['index.d.ts', 'index.d.cts']) writeFileSync(join(folder, file), types);
}
