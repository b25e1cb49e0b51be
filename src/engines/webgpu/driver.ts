import {
  findBackend,
  findBackendFactory,
  memory,
  registerBackend,
  removeBackend,
  setBackend,
  version_core,
} from '@tensorflow/tfjs-core';
import * as l10n from '@vscode/l10n';
import { type EngineDriver, EngineError } from '../engine';
import { type Adapter, findAdapter } from './adapter';
import { startDawn } from './dawn';
import { gpuClock } from './gpuClock';

/** The priority that TF.js gives its webgpu backend. */
const stockPriority = 3;

/** TF.js's WebGPU backend on Dawn, with the lab's own compute shaders: any GPU, no CUDA. */
export const webGpuDriver: EngineDriver = {
  name: 'webgpu',

  async probe() {
    try {
      const adapter = await findAdapter();
      return {
        name: 'webgpu',
        available: true,
        device: describe(adapter),
        version: version_core,
        gpu: adapter.gpu,
        reason: '',
        cure: '',
      };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const { cause_: reason, cure } = error;
      return { name: 'webgpu', available: false, device: '', version: '', reason, cure };
    }
  },

  async start() {
    const adapter = await findAdapter();
    await startDawn();
    // TF.js looks for navigator.gpu once, when its backend is loaded: not before Dawn was started, then.
    await import('@tensorflow/tfjs-backend-webgpu');
    const { registerWebGpuKernels } = await import('./kernels');
    registerWebGpuKernels();
    if (!(await setBackend('webgpu')))
      throw new EngineError(
        'webgpu',
        l10n.t('{0} was found, but no device could be started on it.', adapter.name),
        l10n.t('Update the graphics driver, or choose another engine.'),
      );
    const { device } = findBackend('webgpu') as unknown as { device: GPUDevice };
    return {
      name: 'webgpu',
      device: describe(adapter),
      version: version_core,
      deterministic: false,
      clock: gpuClock(),
      memoryBytes: () => (memory() as unknown as { numBytesInGPU: number }).numBytesInGPU,
      async dispose() {
        const factory = findBackendFactory('webgpu');
        removeBackend('webgpu');
        registerBackend('webgpu', factory, stockPriority);
        device.destroy();
      },
    };
  },
};

function describe({ name, largestBuffer }: Adapter): string {
  return `${name} · ${l10n.t('tensors up to {0} MiB', Math.round(largestBuffer / 2 ** 20))}`;
}
