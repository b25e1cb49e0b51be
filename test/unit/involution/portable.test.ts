import '@tensorflow/tfjs-backend-cpu';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import {
  dispose,
  getKernel,
  profile,
  randomUniform,
  setBackend,
  sum,
  type Tensor,
  type Tensor4D,
  tidy,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { involution, type Tensor6D } from '../../../src/core/involution/operator';
import { batchNormalizationSuite } from '../../engines/suite/batchNormalization';
import { generationSuite } from '../../engines/suite/generation';
import { involutionSuite } from '../../engines/suite/involution';
import { kerasLayerSuite } from '../../engines/suite/keras';
import { kerasBatchNormalizationSuite } from '../../engines/suite/kerasBatchNormalization';

const wasmFolder = dirname(
  createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'),
);

/** Backends that no engine of ours was started on, as in a program that only uses the library. */
describe.each(['cpu', 'wasm'] as const)("TF.js's own %s backend, with the portable kernels", (name) => {
  beforeAll(async () => {
    setWasmPaths(`${wasmFolder}/dist/`);
    await setBackend(name);
    expect(getKernel('Involution', name)).toBeUndefined();
  });
  const context = { name, tolerance: 1e-5 };
  involutionSuite(context);
  generationSuite(context);
  batchNormalizationSuite(context);
  kerasLayerSuite(context);
  kerasBatchNormalizationSuite(context);
});

it('never unfolds: memory stays in proportion to input, kernels and output', async () => {
  await setBackend('cpu');
  const x = variable(randomUniform([1, 16, 16, 64])) as Tensor as Tensor4D;
  const kernel = variable(randomUniform([1, 16, 16, 49, 1, 1])) as Tensor as Tensor6D;
  const { peakBytes } = await profile(() =>
    tidy(() => variableGrads(() => sum(involution(x, kernel))).value),
  );
  const elements = 2 * x.size + kernel.size;
  // Forward and gradients hold some copies of each at once; an unfolded input alone would be 18 times `elements`.
  expect(peakBytes / (4 * elements)).toBeLessThan(8);
  dispose([x, kernel]);
});
