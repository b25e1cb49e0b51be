import { registerKernels } from '../../core/customKernels';
import type { InvolutionKernels } from '../../core/involution/kernels';
import { generationKernels } from './generation';
import { involutionKernels } from './involution';

/** Our compute shaders. To be loaded after TF.js's webgpu backend, which is to be loaded after Dawn was started. */
export function registerWebGpuKernels(): void {
  registerKernels<InvolutionKernels>('webgpu', { ...involutionKernels, ...generationKernels });
}
