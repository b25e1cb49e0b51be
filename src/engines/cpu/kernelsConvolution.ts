import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import {
  backend_util,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  getKernel,
  type KernelFunc,
  registerKernel,
  type Tensor4D,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

type ConvolutionInfo = backend_util.Conv2DInfo;

/** TF.js's own kernel reads every element through an accessor: the convolution network spends 9/10 of a step in it. */
export function registerConvolutionKernels(): void {
  const stock = getKernel(Conv2DBackpropFilter, 'cpu').kernelFunc;
  const kernelFunc: KernelFunc = (call) => {
    const { x, dy } = call.inputs as unknown as Record<'x' | 'dy', Tensor4D>;
    const { strides, pad, dataFormat, dimRoundingMode, filterShape } =
      call.attrs as unknown as Conv2DBackpropFilterAttrs;
    if (dataFormat !== 'NHWC') return stock(call);
    const backend = call.backend as MathBackendCPU;
    const info = backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
    const [pixels, gradients] = [x, dy].map(({ dataId }) => backend.data.get(dataId).values as Float32Array);
    return backend.makeTensorInfo(info.filterShape, 'float32', filterGradient(pixels!, gradients!, info));
  };
  unregisterKernel(Conv2DBackpropFilter, 'cpu');
  registerKernel({ kernelName: Conv2DBackpropFilter, backendName: 'cpu', kernelFunc });
}

/**
 * dfilter[u,v,c,n] = Σ over images and positions of x · dy, with dy's channels innermost.
 *
 * @param x [B,H,W,C].
 * @param dy [B,Ho,Wo,N].
 * @returns [height, width, C, N] of the filter, accumulated in double precision.
 */
function filterGradient(x: Float32Array, dy: Float32Array, info: ConvolutionInfo): Float32Array {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  const gradient = new Float64Array(filterHeight * filterWidth * inChannels * outChannels);
  for (let b = 0; b < batchSize; b++) {
    for (let i = 0; i < outHeight; i++) {
      for (let u = 0; u < filterHeight; u++) {
        const row = i * strideHeight + u - padInfo.top;
        if (row < 0 || row >= inHeight) continue;
        for (let j = 0; j < outWidth; j++) {
          const output = ((b * outHeight + i) * outWidth + j) * outChannels;
          for (let v = 0; v < filterWidth; v++) {
            const column = j * strideWidth + v - padInfo.left;
            if (column < 0 || column >= inWidth) continue;
            const input = ((b * inHeight + row) * inWidth + column) * inChannels;
            const tap = (u * filterWidth + v) * inChannels;
            for (let c = 0; c < inChannels; c++) {
              const value = x[input + c]!;
              const weight = (tap + c) * outChannels;
              for (let n = 0; n < outChannels; n++) gradient[weight + n]! += value * dy[output + n]!;
            }
          }
        }
      }
    }
  }
  return Float32Array.from(gradient);
}
