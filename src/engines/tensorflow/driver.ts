import { memory, setBackend } from '@tensorflow/tfjs-core';
import { memoryLimit } from '../../node/machine';
import { nvidiaCard } from '../../node/nvidiaCard';
import { type EngineDriver, EngineError } from '../engine';
import { processorName } from '../processor';
import { registerReluGradient } from '../reluGradient';
import { loadBackend } from './backend';
import { addBatchNormKernels } from './batchNormKernels';
import { Disposal } from './disposal';
import { checkTensorFlow, readInstallation, tensorFlowFolder } from './installation';
import { KernelReplacements } from './kernelReplacements';
import { replaceByOneDnn } from './oneDnnKernels';
import { replacePointwiseConvolutions } from './pointwiseConvolutions';
import { replaceSlowKernels } from './tensorFlowKernels';
import { borrowWasmKernels } from './wasmKernels';

/** TensorFlow itself, through TF.js's Node binding; on an NVIDIA GPU where it finds one. Installed on demand. */
export const tensorFlowDriver: EngineDriver = {
  name: 'tensorflow',

  async probe() {
    try {
      const folder = tensorFlowFolder();
      const { version, gpu } = await checkTensorFlow(folder, readInstallation(folder));
      const device = await deviceName(gpu);
      return { name: 'tensorflow', available: true, device, version, gpu, reason: '', cure: '' };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const { cause_: reason, cure } = error;
      return { name: 'tensorflow', available: false, device: '', version: '', reason, cure };
    }
  },

  async start() {
    const folder = tensorFlowFolder();
    const backend = loadBackend(folder, readInstallation(folder));
    await setBackend('tensorflow');
    const kernels = new KernelReplacements();
    const disposal = new Disposal(backend);
    registerReluGradient();
    replaceSlowKernels(backend, kernels);
    replaceByOneDnn(backend, kernels, disposal);
    if (!backend.isUsingGpuDevice) {
      replacePointwiseConvolutions(backend, kernels);
      addBatchNormKernels(backend, kernels);
    }
    const giveBack = backend.isUsingGpuDevice ? null : await borrowWasmKernels(backend, kernels, disposal);
    await setBackend('tensorflow');
    return {
      name: 'tensorflow',
      device: await deviceName(backend.isUsingGpuDevice),
      version: backend.binding.TF_Version,
      deterministic: false,
      memoryBytes: () => memory().numBytes,
      ...(!backend.isUsingGpuDevice && { memoryLimit: memoryLimit() }),
      async dispose() {
        kernels.restore();
        disposal.restore();
        await giveBack?.();
      },
    };
  },
};

async function deviceName(gpu: boolean): Promise<string> {
  return gpu ? ((await nvidiaCard()) ?? 'GPU') : processorName();
}
