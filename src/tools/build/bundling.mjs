// What every bundle for Node.js needs; build.mjs and the tests that bundle a part build with it.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const inRepository = (file) => fileURLToPath(new URL(`../../../${file}`, import.meta.url));
const stockWasm = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));

/** Native or very large packages: installed beside the bundle, never inside it. */
export const external = ['vscode', 'sharp', 'webgpu', 'h5wasm', 'h5wasm/node'];

export const nodeModule = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
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
};

/** What a bundle that trains loads by path: TF.js's wasm binary, our own kernels, scripts of threads. */
export const trainingAssets = [
  join(stockWasm, 'tfjs-backend-wasm-simd.wasm'),
  ...[
    'src/engines/wasm/kernels.wasm',
    'src/engines/wasm/fusedKernels.wasm',
    'src/engines/wasm/kernelThread.mjs',
    'src/engines/wasm/wideVectorsProbe.mjs',
    'src/node/data/prefetchThread.mjs',
  ].map(inRepository),
];
