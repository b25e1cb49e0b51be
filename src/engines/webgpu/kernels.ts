import type { BatchNormKernels } from '../../core/batchNormalization/kernels';
import type { MovingAverageKernels } from '../../core/batchNormalization/movingAverage';
import { registerKernels } from '../../core/customKernels';
import type { InvolutionKernels } from '../../core/involution/kernels';
import type { FusedKernels } from '../../core/plan/kernels';
import { addKernels } from './add';
import { batchNormKernels, batchNormReluKernels, movingAverageKernels } from './batchNorm';
import { registerConvolutionKernels } from './convolution';
import { registerDepthwiseKernels } from './depthwise';
import { generationKernels } from './generation';
import { involutionKernels } from './involution';
import { registerMatMulKernels } from './matMul';
import { registerSumKernels } from './sumKernels';

/** Our compute shaders. To be loaded after TF.js's webgpu backend, which is to be loaded after Dawn was started. */
export function registerWebGpuKernels(): void {
  registerKernels<InvolutionKernels>('webgpu', { ...involutionKernels, ...generationKernels });
  registerKernels<BatchNormKernels>('webgpu', batchNormKernels);
  registerKernels<MovingAverageKernels>('webgpu', movingAverageKernels);
  registerKernels<FusedKernels>('webgpu', { ...addKernels, ...batchNormReluKernels });
  registerConvolutionKernels();
  registerDepthwiseKernels();
  registerMatMulKernels();
  registerSumKernels();
}
