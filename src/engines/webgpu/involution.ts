import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { type InvolutionGeometry, involutionGeometry } from '../../core/involution/geometry';
import type { InvolutionKernelSet } from '../../core/involution/kernels';
import { runGather } from './program';

/**
 * Involution and its gradients in WGSL. K, the strides, the channels and the groups are constants of the shader, so
 * that it unrolls its loops and divides by constants; the sizes of images are not, so that one shader serves them all.
 */
export const involutionKernels: Pick<
  InvolutionKernelSet,
  'Involution' | 'InvolutionInputGrad' | 'InvolutionKernelGrad'
> = {
  Involution({ x, kernel }, attrs, backend) {
    const geometry = involutionGeometry(x.shape, attrs);
    const { batch, outHeight, outWidth, channels } = geometry;
    return runGather(backend as WebGPUBackend, {
      name: `involution ${shaderKey(geometry)}`,
      outputShape: [batch, outHeight, outWidth, channels],
      inputs: { x, kernel },
      integers: sizes(geometry),
      body: `${constants(geometry)}
        let c = index % C;
        let position = index / C;
        let j = position % uniforms.outWidth;
        let i = position / uniforms.outWidth % uniforms.outHeight;
        let image = position / uniforms.outWidth / uniforms.outHeight * uniforms.height;
        let weights = position * K * K * G + ${groupOf(geometry)};
        for (var u = 0; u < K; u++) {
          let row = i * S + u - uniforms.padTop;
          if (row < 0 || row >= uniforms.height) { continue; }
          for (var v = 0; v < K; v++) {
            let column = j * S + v - uniforms.padLeft;
            if (column < 0 || column >= uniforms.width) { continue; }
            value += kernel[weights + (u * K + v) * G] * x[((image + row) * uniforms.width + column) * C + c];
          }
        }`,
    });
  },

  InvolutionInputGrad({ dy, kernel }, attrs, backend) {
    const geometry = involutionGeometry(attrs.inputShape, attrs);
    return runGather(backend as WebGPUBackend, {
      name: `involutionInputGrad ${shaderKey(geometry)}`,
      outputShape: attrs.inputShape,
      inputs: { dy, kernel },
      integers: sizes(geometry),
      // The window of (i, j) has pixel (row, column) at its tap (u, v) where i · S = row + padTop − u.
      body: `${constants(geometry)}
        let c = index % C;
        let g = ${groupOf(geometry)};
        let pixel = index / C;
        let column = pixel % uniforms.width;
        let row = pixel / uniforms.width % uniforms.height;
        let image = pixel / uniforms.width / uniforms.height * uniforms.outHeight;
        for (var u = 0; u < K; u++) {
          let y = row + uniforms.padTop - u;
          if (y < 0 || y % S != 0 || y / S >= uniforms.outHeight) { continue; }
          for (var v = 0; v < K; v++) {
            let x = column + uniforms.padLeft - v;
            if (x < 0 || x % S != 0 || x / S >= uniforms.outWidth) { continue; }
            let position = (image + y / S) * uniforms.outWidth + x / S;
            value += kernel[(position * K * K + u * K + v) * G + g] * dy[position * C + c];
          }
        }`,
    });
  },

  InvolutionKernelGrad({ dy, x }, attrs, backend) {
    const geometry = involutionGeometry(x.shape, attrs);
    const { batch, outHeight, outWidth, kernelSize, groups, groupLayout } = geometry;
    const [first, step] = groupLayout === 'interleaved' ? ['g', 'G'] : ['g * (C / G)', '1'];
    return runGather(backend as WebGPUBackend, {
      name: `involutionKernelGrad ${shaderKey(geometry)}`,
      outputShape: [batch, outHeight, outWidth, kernelSize * kernelSize, 1, groups],
      inputs: { dy, x },
      integers: sizes(geometry),
      body: `${constants(geometry)}
        let g = index % G;
        let tap = index / G % (K * K);
        let position = index / G / (K * K);
        let j = position % uniforms.outWidth;
        let i = position / uniforms.outWidth % uniforms.outHeight;
        let image = position / uniforms.outWidth / uniforms.outHeight * uniforms.height;
        let row = i * S + tap / K - uniforms.padTop;
        let column = j * S + tap % K - uniforms.padLeft;
        if (row >= 0 && row < uniforms.height && column >= 0 && column < uniforms.width) {
          let pixel = (image + row) * uniforms.width + column;
          var c = ${first};
          for (var n = 0; n < C / G; n++) {
            value += dy[position * C + c] * x[pixel * C + c];
            c += ${step};
          }
        }`,
    });
  },
};

/** Everything that is written into a shader as a constant. */
function shaderKey({ kernelSize, strides, channels, groups, groupLayout }: InvolutionGeometry): string {
  return [kernelSize, strides, channels, groups, groupLayout].join(' ');
}

function constants({ kernelSize, strides, channels, groups }: InvolutionGeometry): string {
  return `const K = ${kernelSize}; const S = ${strides}; const C = ${channels}; const G = ${groups};`;
}

function sizes({ height, width, outHeight, outWidth, padTop, padLeft }: InvolutionGeometry) {
  return { height, width, outHeight, outWidth, padTop, padLeft };
}

const groupOf = ({ groupLayout }: InvolutionGeometry) =>
  groupLayout === 'interleaved' ? 'c % G' : 'c / (C / G)';
