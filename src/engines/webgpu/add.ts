import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { KernelSet } from '../../core/customKernels';
import type { FusedKernels } from '../../core/plan/kernels';
import { areAlike, unfusedAddRelu } from '../unfusedAddRelu';
import { runGather } from './program';

export const addKernels: Pick<KernelSet<FusedKernels>, 'AddRelu'> = {
  AddRelu(summands, _attrs, backend) {
    if (!areAlike(summands)) return unfusedAddRelu('webgpu', backend as WebGPUBackend, summands);
    return runGather(backend as WebGPUBackend, {
      name: 'addRelu',
      outputShape: summands.a.shape,
      inputs: { ...summands },
      body: 'value = max(a[index] + b[index], 0.0);',
    });
  },
};
