import { createRequire } from 'node:module';
import {
  dispose,
  findBackend,
  getKernel,
  type KernelBackend,
  relu,
  type Tensor,
  tensor1d,
  tensor4d,
  tidy,
  variable,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Involution } from '../../src/core/involution/layer';
import { Optimizer } from '../../src/core/training/optimizers/optimizer';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';
import { tensorFlowDriver } from '../../src/engines/tensorflow/driver';
import { ensureTensorFlow } from '../../src/tools/setup/tensorFlow';
import { batchNormalizationSuite } from './suite/batchNormalization';
import { generationSuite } from './suite/generation';
import { generatorSuite } from './suite/generators';
import { involutionSuite } from './suite/involution';
import { kerasSuite } from './suite/keras';
import { kerasBatchNormalizationSuite } from './suite/kerasBatchNormalization';
import { networkSuite } from './suite/networks';
import { plannedStepsSuite } from './suite/plannedSteps';
import { trainingSuite } from './suite/training';

let engine: Engine;
beforeAll(async () => {
  await ensureTensorFlow();
  takeAwayWhatNode23Took();
  engine = await startEngine('tensorflow');
}, 600_000);
afterAll(() => engine?.dispose());

/** So that the suites run on every Node as they do on 23 and later. */
function takeAwayWhatNode23Took() {
  const util = createRequire(import.meta.url)('node:util');
  delete util.isNullOrUndefined;
  delete util.isArray;
}

describe('the tensorflow engine', () => {
  it('is what it reports to be', async () => {
    const report = await tensorFlowDriver.probe();
    expect(report).toMatchObject({ available: true, gpu: false, version: '2.21.0', reason: '', cure: '' });
    expect([engine.device, engine.version, engine.reason]).toEqual([report.device, '2.21.0', 'chosen']);
  });

  it('keeps a copy of a variable that a borrowed kernel writes over', async () => {
    const weight = tidy(() => variable(tensor1d([1, 2, 3])));
    const adam = new Optimizer({ kind: 'adam' }, [weight]);
    const first = tensor1d([1, 1, 1]);
    adam.apply([first], 0.1, 1);
    const copy = weight.clone();
    const before = Array.from(await weight.data());
    adam.apply([first], 0.1, 2);
    expect(Array.from(await copy.data())).toEqual(before);
    expect(Array.from(await weight.data())).not.toEqual(before);
    adam.dispose();
    dispose([weight, first, copy]);
  });

  it('leaves nothing on the heap of the kernels that it borrows', async () => {
    const heap = findBackend('wasm') as KernelBackend;
    const before = heap.numDataIds();
    const x = tensor4d(new Array(2 * 5 * 5 * 2).fill(0.5), [2, 5, 5, 2]);
    const layer = new Involution({ seed: 1 });
    const outputs = layer.apply(x) as Tensor[];
    expect(heap.numDataIds()).toBeGreaterThan(before);
    expect((await outputs[0]!.data()).every(Number.isFinite)).toBe(true);
    layer.dispose();
    dispose([x, outputs]);
    expect(heap.numDataIds()).toBe(before);
  });

  it('starts again after it was disposed, and gives TF.js its kernels back', async () => {
    expect(getKernel('Involution', 'tensorflow')).toBeDefined();
    await engine.dispose();
    expect(getKernel('Involution', 'tensorflow')).toBeUndefined();
    engine = await startEngine('tensorflow');
    expect(Array.from(await relu(tensor1d([-1, 2])).data())).toEqual([0, 2]);
  });
});

const context = { name: 'tensorflow', tolerance: 1e-5 } as const;
involutionSuite(context);
generationSuite(context);
batchNormalizationSuite(context);
generatorSuite(context);
trainingSuite(context);
plannedStepsSuite(context);
kerasSuite(context);
kerasBatchNormalizationSuite(context);
networkSuite(context);
