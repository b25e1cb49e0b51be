import { add, ones } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startEngine } from '../../src/engines/select';
import { webGpuDriver } from '../../src/engines/webgpu/driver';
import { runningWebGpu } from './runningWebGpu';
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

const running = runningWebGpu();

describe('the webgpu engine', () => {
  it('names its adapter and says that it is no GPU', async () => {
    const report = await webGpuDriver.probe();
    expect(report).toMatchObject({ available: true, gpu: false, reason: '', cure: '' });
    expect(report.device).toMatch(/^SwiftShader .*\(imitated by the processor\) · tensors up to \d+ MiB$/);
    expect(running.engine.device).toBe(report.device);
  });

  it('starts again after it was disposed, with its memory given back', async () => {
    const x = ones([64, 64]);
    await add(x, x).data();
    expect(running.engine.memoryBytes()).toBeGreaterThanOrEqual(4 * 64 * 64);
    await running.engine.dispose();
    running.engine = await startEngine('webgpu');
    expect(running.engine.memoryBytes()).toBe(0);
  });
});

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
