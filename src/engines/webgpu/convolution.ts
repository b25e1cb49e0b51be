import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  backend_util,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { replaceStockKernel } from '../stockKernels';
import { sumRows } from './sums';

type Shape4 = [number, number, number, number];

/**
 * A convolution's filter gradient with as many threads as there is work for. TF.js's own has one thread for each weight,
 * some thousand of them, each of which goes through all images.
 */
export function registerConvolutionKernels(): void {
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
  const { filterWidth, inChannels, outChannels, strideHeight, strideWidth } = info;
  const constants = { KW: filterWidth, C: inChannels, D: outChannels, SH: strideHeight, SW: strideWidth };
  const [gradient] = sumRows(
    backend,
    {
      name: `convolutionFilterGrad ${Object.values(constants).join(' ')}`,
      // A row of pixels of the output: there are divisions for each row, not for each pixel.
      ...{ rows: info.batchSize * info.outHeight, columns: filterShape.reduce((a, b) => a * b, 1) },
      inputs: { x, dy },
      integers: {
        ...{ height: info.inHeight, width: info.inWidth, outHeight: info.outHeight, outWidth: info.outWidth },
        ...{ padTop: info.padInfo.top, padLeft: info.padInfo.left },
      },
      term: `
        ${Object.entries(constants)
          .map(([name, value]) => `const ${name} = ${value};`)
          .join(' ')}
        let d = column % D;
        let c = column / D % C;
        let u = column / D / C / KW;
        let v = column / D / C % KW - uniforms.padLeft;
        let y = row % uniforms.outHeight * SH + u - uniforms.padTop;
        if (y >= 0 && y < uniforms.height) {
          let start = (row / uniforms.outHeight * uniforms.height + y) * uniforms.width;
          for (var j = 0; j < uniforms.outWidth; j++) {
            let at = j * SW + v;
            if (at >= 0 && at < uniforms.width) {
              value += x[(start + at) * C + c] * dy[(row * uniforms.outWidth + j) * D + d];
            }
          }
        }`,
    },
    [[...filterShape]],
  );
  return gradient!;
}
