import {
  Add,
  getKernel,
  type KernelBackend,
  type NamedTensorInfoMap,
  Relu,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { FusedKernels } from '../core/plan/kernels';

export type Summands = FusedKernels['AddRelu']['inputs'];

/** Whether each value has its own summand. */
export const areAlike = ({ a, b }: Summands) =>
  a.dtype === 'float32' && b.dtype === 'float32' && util.arraysEqual(a.shape, b.shape);

/** `AddRelu` of summands of any shapes that broadcast, by the backend's two kernels. */
export function unfusedAddRelu(backendName: string, backend: KernelBackend, summands: Summands): TensorInfo {
  const run = (kernel: string, inputs: NamedTensorInfoMap) =>
    getKernel(kernel, backendName)!.kernelFunc({ inputs, attrs: {}, backend }) as TensorInfo;
  const sum = run(Add, { ...summands });
  const y = run(Relu, { x: sum });
  backend.disposeData(sum.dataId);
  return y;
}
