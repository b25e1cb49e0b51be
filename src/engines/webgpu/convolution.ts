import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  BatchMatMul,
  backend_util,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  getKernel,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { replaceStockKernel } from '../stockKernels';
import { convolutionWindow } from './convolutionWindow';
import { productOverRows } from './productOverRows';

type Shape4 = [number, number, number, number];

/**
 * A convolution's gradients. TF.js's own has one thread for each weight of the filter, some thousand of them, each of which
 * goes through all images.
 */
export function registerConvolutionKernels(): void {
  replaceStockKernel('webgpu', Conv2DBackpropInput, (stock) => (args) => {
    const given = args.inputs as Record<'dy' | 'filter', TensorInfo>;
    const { inputShape, strides, dataFormat } = args.attrs as unknown as Conv2DBackpropInputAttrs;
    const isPointwise = [...given.filter.shape.slice(0, 2), ...[strides].flat()].every((size) => size === 1);
    const isWhole = util.arraysEqual(given.dy.shape.slice(0, 3), inputShape.slice(0, 3));
    if (!isPointwise || !isWhole || dataFormat !== 'NHWC') return stock(args);
    return pointwiseInputGradient(args.backend as WebGPUBackend, given, inputShape);
  });

  replaceStockKernel('webgpu', Conv2DBackpropFilter, (stock) => (args) => {
    const { x, dy } = args.inputs as Record<'x' | 'dy', TensorInfo>;
    const attrs = args.attrs as unknown as Conv2DBackpropFilterAttrs;
    if (attrs.dataFormat !== 'NHWC') return stock(args);
    return filterGradient(args.backend as WebGPUBackend, x, dy, attrs);
  });
}

function filterGradient(
  backend: WebGPUBackend,
  x: TensorInfo,
  dy: TensorInfo,
  { filterShape, strides, pad, dimRoundingMode }: Conv2DBackpropFilterAttrs,
): TensorInfo {
  const info = backend_util.computeConv2DInfo(
    ...([x.shape as Shape4, filterShape, strides, 1, pad, dimRoundingMode] as const),
  );
  const { filterHeight, filterWidth, inChannels, outChannels } = info;
  const { key, constants, integers } = convolutionWindow(info);
  const [gradient] = productOverRows(
    backend,
    {
      name: `convolutionFilterGrad ${key}`,
      rows: info.batchSize * info.outHeight * info.outWidth,
      left: filterHeight * filterWidth * inChannels,
      right: outChannels,
      inputs: { x, dy },
      integers,
      a: `
        ${constants}
        let tap = column / C;
        let outRow = row / uniforms.outWidth;
        let i = outRow % uniforms.outHeight * SH + tap / KW - uniforms.padTop;
        let j = row % uniforms.outWidth * SW + tap % KW - uniforms.padLeft;
        if (i >= 0 && i < uniforms.height && j >= 0 && j < uniforms.width) {
          let image = outRow / uniforms.outHeight;
          value = x[((image * uniforms.height + i) * uniforms.width + j) * C + column % C];
        }`,
      b: `value = dy[row * ${outChannels} + column];`,
    },
    [[...filterShape]],
  );
  return gradient!;
}

/** That of a 1×1 convolution is a product of matrices, which TF.js has tiles for. */
function pointwiseInputGradient(
  backend: WebGPUBackend,
  { dy, filter }: Record<'dy' | 'filter', TensorInfo>,
  inputShape: number[],
): TensorInfo {
  const [, , inChannels, outChannels] = filter.shape as Shape4;
  const { kernelFunc } = getKernel(BatchMatMul, 'webgpu')!;
  const pixels = util.sizeFromShape(dy.shape) / outChannels;
  const product = kernelFunc({
    inputs: {
      a: { ...dy, shape: [1, pixels, outChannels] },
      b: { ...filter, shape: [1, inChannels, outChannels] },
    },
    attrs: { transposeA: false, transposeB: true },
    backend,
  }) as TensorInfo;
  return { ...product, shape: inputShape };
}
