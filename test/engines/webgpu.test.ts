import {
  add,
  backend_util,
  dispose,
  type NamedAttrMap,
  ones,
  type Tensor,
  tensor,
  engine as tfEngine,
  util,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engines/engine';
import { startEngine } from '../../src/engines/select';
import { webGpuDriver } from '../../src/engines/webgpu/driver';
import { ensureSwiftShader } from '../../src/tools/setup/swiftShader';
import { batchNormalizationSuite } from './suite/batchNormalization';
import { generationSuite } from './suite/generation';
import { generatorSuite } from './suite/generators';
import { involutionSuite } from './suite/involution';
import { kerasSuite } from './suite/keras';
import { kerasBatchNormalizationSuite } from './suite/kerasBatchNormalization';
import { networkSuite } from './suite/networks';
import { plannedStepsSuite } from './suite/plannedSteps';
import { sumSuite } from './suite/sums';
import { trainingSuite } from './suite/training';

let engine: Engine;
beforeAll(async () => {
  await ensureSwiftShader();
  engine = await startEngine('webgpu');
}, 600_000);
afterAll(() => engine?.dispose());

describe('the webgpu engine', () => {
  it('names its adapter and says that it is no GPU', async () => {
    const report = await webGpuDriver.probe();
    expect(report).toMatchObject({ available: true, gpu: false, reason: '', cure: '' });
    expect(report.device).toMatch(/^SwiftShader .*\(imitated by the processor\) · tensors up to \d+ MiB$/);
    expect(engine.device).toBe(report.device);
  });

  it('starts again after it was disposed, with its memory given back', async () => {
    const x = ones([64, 64]);
    await add(x, x).data();
    expect(engine.memoryBytes()).toBeGreaterThanOrEqual(4 * 64 * 64);
    await engine.dispose();
    engine = await startEngine('webgpu');
    expect(engine.memoryBytes()).toBe(0);
  });
});

describe('a filter gradient on the webgpu engine', () => {
  const cases = [
    { input: [3, 9, 7, 3], filter: [3, 3], strides: [1, 1], pad: 'same' },
    { input: [2, 8, 11, 5], filter: [3, 2], strides: [2, 3], pad: 'same' },
    { input: [40, 6, 5, 4], filter: [1, 1], strides: [2, 2], pad: 'valid' },
    { input: [2, 7, 7, 6], filter: [7, 7], strides: [1, 1], pad: 3 },
  ] as const;

  it.each(cases)('of $filter over $input, strides $strides, pad $pad, is that of a loop', async (given) => {
    const { input, filter, strides, pad } = given;
    const filterShape: [number, number, number, number] = [...filter, input[3], 6];
    const info = backend_util.computeConv2DInfo([...input], filterShape, [...strides], 1, pad);
    const [xs, dys] = [whole(input, 1), whole(info.outShape, 2)];
    const [x, dy] = [tensor(xs, [...input]), tensor(dys, info.outShape)];
    const attrs = { strides: [...strides], pad, dataFormat: 'NHWC', filterShape } as NamedAttrMap;
    const dw = tfEngine().runKernel('Conv2DBackpropFilter', { x, dy }, attrs) as Tensor;
    // Whole numbers: their sums are exact in any order.
    expect(await dw.data()).toEqual(filterGradient(xs, dys, info));
    dispose([x, dy, dw]);
  });
});

const whole = (shape: readonly number[], salt: number) =>
  Float32Array.from({ length: util.sizeFromShape([...shape]) }, (_, i) => ((i * 7919 + salt * 613) % 7) - 3);

function filterGradient(x: Float32Array, dy: Float32Array, info: backend_util.Conv2DInfo): Float32Array {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  const gradient = new Float32Array(util.sizeFromShape(info.filterShape));
  for (let image = 0; image < batchSize; image++)
    for (let i = 0; i < outHeight; i++)
      for (let j = 0; j < outWidth; j++)
        for (let tap = 0; tap < info.filterHeight * info.filterWidth; tap++) {
          const row = i * info.strideHeight + Math.floor(tap / info.filterWidth) - padInfo.top;
          const column = j * info.strideWidth + (tap % info.filterWidth) - padInfo.left;
          if (row < 0 || row >= inHeight || column < 0 || column >= inWidth) continue;
          const from = ((image * inHeight + row) * inWidth + column) * inChannels;
          const at = ((image * outHeight + i) * outWidth + j) * outChannels;
          for (let c = 0; c < inChannels; c++)
            for (let d = 0; d < outChannels; d++)
              gradient[(tap * inChannels + c) * outChannels + d]! += x[from + c]! * dy[at + d]!;
        }
  return gradient;
}

const context = { name: 'webgpu', tolerance: 1e-5 } as const;
involutionSuite(context);
generationSuite(context);
batchNormalizationSuite(context);
generatorSuite(context);
trainingSuite(context);
plannedStepsSuite(context);
sumSuite(context);
kerasSuite(context);
kerasBatchNormalizationSuite(context);
networkSuite(context);
