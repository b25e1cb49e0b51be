import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { libraryTypes } from './libraryTypes.mjs';

const inRepository = (file) => fileURLToPath(new URL(`../../../${file}`, import.meta.url));
const read = (file) => readFileSync(inRepository(file), 'utf8');
const tensorFlow = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'];

/**
 * Makes `folder` an npm package, whole: the library for who imports it (index.mjs) and for who requires it (index.cjs),
 * its types, and what npm shows of it. TensorFlow.js is not in it.
 */
export async function buildLibrary(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [format, file] of Object.entries({ esm: 'index.mjs', cjs: 'index.cjs' })) {
    await esbuild.build({
      entryPoints: [inRepository('src/library/index.ts')],
      outfile: join(folder, file),
      bundle: true,
      platform: 'neutral',
      target: 'es2022',
      format,
      minify: true,
      keepNames: true,
      external: tensorFlow,
    });
  }
  const write = (file, text) => writeFileSync(join(folder, file), text);
  write('index.d.cts', libraryTypes(tensorFlow));
  write('index.d.mts', "export * from './index.cjs';\n");
  write('package.json', `${JSON.stringify(manifest(), null, 2)}\n`);
  write('README.md', read('src/library/README.md'));
  write(
    'LICENSE',
    `${read('LICENSE')}\nThe bundles contain parts of valibot:\n\n${read('node_modules/valibot/LICENSE.md')}`,
  );
}

function manifest() {
  const { version, license, keywords } = JSON.parse(read('package.json'));
  return {
    name: 'involution-layer',
    version,
    description: 'Involution for TensorFlow.js: the layer, the operator, and generators of kernels.',
    license,
    keywords,
    main: 'index.cjs',
    module: 'index.mjs',
    types: 'index.d.cts',
    exports: {
      '.': {
        import: { types: './index.d.mts', default: './index.mjs' },
        require: { types: './index.d.cts', default: './index.cjs' },
      },
      './package.json': './package.json',
    },
    // Its layers are registered with TF.js, and the gradients of its kernels: an import alone has a purpose.
    sideEffects: true,
    peerDependencies: Object.fromEntries(tensorFlow.map((name) => [name, '^4.20.0'])),
  };
}
