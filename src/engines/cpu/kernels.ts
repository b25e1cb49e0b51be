import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { registerKernels } from '../../core/customKernels';
import { involutionGeometry } from '../../core/involution/geometry';
import type { InvolutionKernels, KernelGenerationInputs } from '../../core/involution/kernels';
import { registerConvolutionKernels } from './kernelsConvolution';
import {
  type Generator,
  generate,
  generatorGradients,
  reduceChannels,
  statisticsOf,
} from './kernelsGeneration';
import { involutionForward, involutionInputGradient, involutionKernelGradient } from './kernelsInvolution';

/** Kernels for TF.js's cpu backend as loops over typed arrays: the operator's, and what is slowest of the stock ones. */
export function registerCpuKernels(): void {
  registerConvolutionKernels();
  registerKernels<InvolutionKernels>('cpu', {
    Involution({ x, kernel }, attrs, backend) {
      const geometry = involutionGeometry(x.shape, attrs);
      const { batch, outHeight, outWidth, channels } = geometry;
      const y = involutionForward(read(backend, x), read(backend, kernel), geometry);
      return write(backend, [batch, outHeight, outWidth, channels], y);
    },

    InvolutionInputGrad({ dy, kernel }, attrs, backend) {
      const geometry = involutionGeometry(attrs.inputShape, attrs);
      const dx = involutionInputGradient(read(backend, dy), read(backend, kernel), geometry);
      return write(backend, attrs.inputShape, dx);
    },

    InvolutionKernelGrad({ dy, x }, attrs, backend) {
      const geometry = involutionGeometry(x.shape, attrs);
      const { batch, outHeight, outWidth, kernelSize, groups } = geometry;
      const dkernel = involutionKernelGradient(read(backend, dy), read(backend, x), geometry);
      return write(backend, [batch, outHeight, outWidth, kernelSize * kernelSize, 1, groups], dkernel);
    },

    KernelGeneration(inputs, { training, epsilon }, backend) {
      const generator = readGenerator(backend, inputs);
      const reduced = reduceChannels(generator);
      const statistics = training
        ? statisticsOf(reduced, generator.width)
        : { mean: read(backend, inputs.mean).slice(), variance: read(backend, inputs.variance).slice() };
      const h = generate(generator, reduced, statistics, epsilon);
      return [
        write(backend, [...inputs.x.shape.slice(0, -1), generator.outputs], h),
        write(backend, [generator.width], statistics.mean),
        write(backend, [generator.width], statistics.variance),
      ];
    },

    KernelGenerationGrad({ dh, ...inputs }, attrs, backend) {
      const { x, w0, b0, gamma, beta, w1, b1 } = inputs;
      const statistics = { mean: read(backend, inputs.mean), variance: read(backend, inputs.variance) };
      const gradients = generatorGradients(
        readGenerator(backend, inputs),
        read(backend, dh),
        statistics,
        attrs,
      );
      return [
        write(backend, x.shape, gradients.dx),
        write(backend, w0.shape, gradients.dw0),
        write(backend, b0.shape, gradients.db0),
        write(backend, gamma.shape, gradients.dgamma),
        write(backend, beta.shape, gradients.dbeta),
        write(backend, w1.shape, gradients.dw1),
        write(backend, b1.shape, gradients.db1),
      ];
    },
  });
}

function readGenerator(
  backend: object,
  { x, w0, b0, gamma, beta, w1, b1 }: KernelGenerationInputs,
): Generator {
  const [channels, width] = w0.shape as [number, number];
  const values = read(backend, x);
  return {
    pixels: values.length / channels,
    channels,
    width,
    outputs: w1.shape[1]!,
    x: values,
    w0: read(backend, w0),
    b0: read(backend, b0),
    gamma: read(backend, gamma),
    beta: read(backend, beta),
    w1: read(backend, w1),
    b1: read(backend, b1),
  };
}

function read(backend: object, { dataId }: TensorInfo): Float32Array {
  return (backend as MathBackendCPU).data.get(dataId).values as Float32Array;
}

function write(backend: object, shape: number[], values: Float32Array | Float64Array): TensorInfo {
  const floats = values instanceof Float32Array ? values : Float32Array.from(values);
  return (backend as MathBackendCPU).makeTensorInfo(shape, 'float32', floats);
}
