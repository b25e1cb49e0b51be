import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  backend_util,
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { replaceStockKernel } from '../stockKernels';
import { convolutionWindow } from './convolutionWindow';
import { sumRows } from './sums';

type Shape4 = [number, number, number, number];

/** A depthwise convolution's filter gradient. TF.js's own has one thread for each weight, which goes through all images. */
export function registerDepthwiseKernels(): void {
  replaceStockKernel('webgpu', DepthwiseConv2dNativeBackpropFilter, (stock) => (args) => {
    const { x, dy } = args.inputs as Record<'x' | 'dy', TensorInfo>;
    const { filterShape, strides, dilations, pad, dimRoundingMode } =
      args.attrs as unknown as DepthwiseConv2dNativeBackpropFilterAttrs;
    if ([dilations].flat().some((dilation) => dilation > 1)) return stock(args);
    const info = backend_util.computeConv2DInfo(
      ...([x.shape as Shape4, filterShape, strides, 1, pad, dimRoundingMode, true] as const),
    );
    return filterGradient(args.backend as WebGPUBackend, x, dy, info);
  });
}

function filterGradient(
  backend: WebGPUBackend,
  x: TensorInfo,
  dy: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { filterHeight, filterWidth, outChannels } = info;
  const { key, constants, integers } = convolutionWindow(info);
  const [gradient] = sumRows(
    backend,
    {
      name: `depthwiseFilterGrad ${key}`,
      // Rows of pixels of the output: there are divisions for each row, not for each pixel.
      ...{ rows: info.batchSize * info.outHeight, columns: filterHeight * filterWidth * outChannels },
      inputs: { x, dy },
      integers,
      // The weights [KH,KW,C,D/C], one after the other.
      term: `
        ${constants}
        let d = column % D;
        let i = row % uniforms.outHeight * SH + column / D / KW - uniforms.padTop;
        if (i >= 0 && i < uniforms.height) {
          let start = (row / uniforms.outHeight * uniforms.height + i) * uniforms.width;
          let left = column / D % KW - uniforms.padLeft;
          for (var j = 0; j < uniforms.outWidth; j++) {
            let at = j * SW + left;
            if (at >= 0 && at < uniforms.width) {
              value += x[(start + at) * C + d * C / D] * dy[(row * uniforms.outWidth + j) * D + d];
            }
          }
        }`,
    },
    [info.filterShape],
  );
  return gradient!;
}
