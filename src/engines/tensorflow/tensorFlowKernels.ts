import {
  fill,
  reshape,
  Sum,
  type SumAttrs,
  type Tensor,
  type TensorInfo,
  tidy,
  util,
} from '@tensorflow/tfjs-core';
import { reluGradKernel } from '../reluGradient';
import type { TensorFlowBackend } from './backend';
import type { KernelReplacements } from './kernelReplacements';
import { attributesOf } from './opAttributes';

/**
 * Where one op of TensorFlow does what tfjs-node does in several, or does slowly, it takes their place. Arguments
 * that the op is not made for go to tfjs-node's kernel as before.
 */
export function replaceSlowKernels(backend: TensorFlowBackend, kernels: KernelReplacements): void {
  const { float, nhwc, transposed } = attributesOf(backend);

  kernels.replace(reluGradKernel, () => ({ inputs: { dy, y } }) => {
    return backend.executeSingleOutput('ReluGrad', [float], [dy!, y!]);
  });

  // The sum over all but the last dimension: the gradient of a bias. Where there are few channels TensorFlow's op for it
  // does them one by one, and a product with ones is up to three times as fast; a GPU may round the factors of a product.
  kernels.replace(Sum, (stock) => (args) => {
    const x = args.inputs.x as TensorInfo;
    const { axis, keepDims } = args.attrs as unknown as SumAttrs;
    const last = x.shape.length - 1;
    if (!isOverPixels(x, axis) || keepDims || x.dtype !== 'float32') return stock(args);
    const channels = x.shape[last]!;
    if (backend.isUsingGpuDevice || channels >= 16)
      return backend.executeSingleOutput('BiasAddGrad', [float, nhwc], [x]);
    return tidy(() => {
      const pixels = util.sizeFromShape(x.shape.slice(0, -1));
      const factors = [fill([1, pixels], 1), reshape(x as Tensor, [pixels, channels])];
      const sums = backend.executeSingleOutput('MatMul', [float, ...transposed(false, false)], factors);
      return reshape(sums, [channels]);
    });
  });
}

/** Whether a sum is over all but the last dimension. */
export function isOverPixels({ shape }: TensorInfo, axis: SumAttrs['axis']): boolean {
  const axes = util.parseAxisParam(axis, shape);
  const last = shape.length - 1;
  return last > 0 && axes.length === last && !axes.includes(last);
}
