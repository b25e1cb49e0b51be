import { version_cpu } from '@tensorflow/tfjs-backend-cpu';
import { backend, memory, setBackend } from '@tensorflow/tfjs-core';
import { memoryLimit } from '../../node/machine';
import type { EngineDriver } from '../engine';
import { processorName } from '../processor';
import { registerCpuKernels } from './kernels';

/** TF.js's plain JavaScript backend: slow, always there, and what the others are compared with. */
export const cpuDriver: EngineDriver = {
  name: 'cpu',

  async probe() {
    return {
      name: 'cpu',
      available: true,
      device: device(),
      version: version_cpu,
      reason: '',
      cure: '',
    };
  },

  async start() {
    await setBackend('cpu');
    registerCpuKernels();
    // With its first tensor it would advise to install another engine. This one was chosen.
    (backend() as unknown as { firstUse: boolean }).firstUse = false;
    return {
      name: 'cpu',
      device: device(),
      version: version_cpu,
      deterministic: true,
      memoryBytes: () => memory().numBytes,
      memoryLimit: memoryLimit(),
      async dispose() {},
    };
  },
};

const device = () => `${processorName()} · JavaScript`;
