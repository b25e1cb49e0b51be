import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The files that the wasm engine loads by path. In a bundle they lie beside the chunk (src/tools/build copies them);
 * from source our own lie in this folder and TF.js's in its package.
 */
const kernelsFile = fileURLToPath(new URL('./kernels.wasm', import.meta.url));
const fusedKernelsFile = fileURLToPath(new URL('./fusedKernels.wasm', import.meta.url));

/** The kernels, with or without fused multiply–add. */
export const kernelsFileFor = (fused: boolean) => (fused ? fusedKernelsFile : kernelsFile);

export const threadScript = fileURLToPath(new URL('./kernelThread.mjs', import.meta.url));

export const wideVectorsProbe = fileURLToPath(new URL('./wideVectorsProbe.mjs', import.meta.url));

/** TF.js's own binary for Node. */
export const stockWasmFile = 'tfjs-backend-wasm-simd.wasm';

/** The folder of that binary, with a separator at its end as `setWasmPaths` wants it. */
export function stockWasmFolder(): string {
  const bundled = fileURLToPath(new URL(`./${stockWasmFile}`, import.meta.url));
  const file = existsSync(bundled)
    ? bundled
    : createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  return dirname(file) + sep;
}
