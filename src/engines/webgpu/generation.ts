import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { InvolutionKernelSet, KernelGenerationInputs } from '../../core/involution/kernels';
import { productOverRows } from './productOverRows';
import { runGather } from './program';
import { columnStatistics } from './statistics';
import { sumRows } from './sums';

/**
 * The kernel generator in WGSL. With P pixels, C channels, R hidden values and N outputs a pixel:
 *
 *   z = x·w0 + b0    n = (z − mean) / √(variance + ε)    a = max(γ·n + β, 0)    h = a·w1 + b1
 *
 * z is kept for the length of one kernel; n and a are computed where they are used.
 */
export const generationKernels: Pick<InvolutionKernelSet, 'KernelGeneration' | 'KernelGenerationGrad'> = {
  KernelGeneration(inputs, { training, epsilon }, engine) {
    const backend = engine as WebGPUBackend;
    const { pixels, hidden, outputs, constants, key } = sizesOf(inputs);
    const { x, gamma, beta, w1, b1 } = inputs;
    const z = reduce(backend, inputs);
    const [mean, variance] = training
      ? columnStatistics(backend, z, pixels, hidden)
      : [again(backend, inputs.mean), again(backend, inputs.variance)];
    const normalisation = normalise(backend, { gamma, beta, mean, variance }, epsilon);
    const h = runGather(backend, {
      name: `generationSpan ${key}`,
      outputShape: [...x.shape.slice(0, -1), outputs],
      inputs: { z, normalisation, w1, b1 },
      body: `${constants}
        let n = index % N;
        let pixel = index / N;
        value = b1[n];
        for (var r = 0; r < R; r++) {
          value += max(z[pixel * R + r] * normalisation[r] + normalisation[R + r], 0.0) * w1[r * N + n];
        }`,
    });
    free(backend, z, normalisation);
    return [h, mean, variance];
  },

  KernelGenerationGrad({ dh, ...inputs }, { training, epsilon }, engine) {
    const backend = engine as WebGPUBackend;
    const { pixels, channels, hidden, outputs, constants, key } = sizesOf(inputs);
    const { x, w0, b0, gamma, beta, w1, b1, mean, variance } = inputs;
    const z = reduce(backend, inputs);
    const normalisation = normalise(backend, inputs, epsilon);

    // Through the second convolution and the ReLU.
    const da = runGather(backend, {
      name: `generationGradActive ${key}`,
      outputShape: [pixels, hidden],
      inputs: { dh, z, normalisation, w1 },
      body: `${constants}
        let r = index % R;
        let pixel = index / R;
        if (z[index] * normalisation[r] + normalisation[R + r] > 0.0) {
          for (var n = 0; n < N; n++) { value += dh[pixel * N + n] * w1[r * N + n]; }
        }`,
    });
    // A column of ones beside what is multiplied with the weights: its product is the bias's gradient.
    const [dw1, db1] = productOverRows(
      backend,
      {
        name: `generationGradOutput ${key}`,
        ...{ rows: pixels, left: hidden + 1, right: outputs },
        inputs: { dh, z, normalisation },
        a: `${constants}
          value = 1.0;
          if (column < R) { value = max(z[row * R + column] * normalisation[column] + normalisation[R + column], 0.0); }`,
        b: `value = dh[row * ${outputs} + column];`,
      },
      [w1.shape, b1.shape],
    ) as [TensorInfo, TensorInfo];
    const [dbeta, dgamma] = sumRows(
      backend,
      {
        name: `generationGradNormalised ${key}`,
        ...{ rows: pixels, columns: 2 * hidden },
        inputs: { z, da, mean, variance },
        floats: { epsilon },
        term: `${constants}
          let r = column % R;
          let normal = ${standardised('row * R + r')};
          value += da[row * R + r] * select(1.0, normal, column >= R);`,
      },
      [beta.shape, gamma.shape],
    ) as [TensorInfo, TensorInfo];

    // Through the normalisation: in training the statistics depend on every pixel too.
    const dz = runGather(backend, {
      name: `generationGradReduced ${key}`,
      outputShape: [pixels, hidden],
      inputs: { da, z, normalisation, mean, variance, dbeta, dgamma },
      floats: { epsilon, share: training ? 1 / pixels : 0 },
      body: `${constants}
        let r = index % R;
        value = (da[index] - (dbeta[r] + ${standardised('index')} * dgamma[r]) * uniforms.share) * normalisation[r];`,
    });
    const dx = runGather(backend, {
      name: `generationGradInput ${key}`,
      outputShape: x.shape,
      inputs: { dz, w0 },
      body: `${constants}
        let c = index % C;
        let pixel = index / C;
        for (var r = 0; r < R; r++) { value += dz[pixel * R + r] * w0[c * R + r]; }`,
    });
    const [dw0, db0] = productOverRows(
      backend,
      {
        name: `generationGradWeights ${key}`,
        ...{ rows: pixels, left: channels + 1, right: hidden },
        inputs: { x, dz },
        a: `${constants}
          value = 1.0;
          if (column < C) { value = x[row * C + column]; }`,
        b: `value = dz[row * ${hidden} + column];`,
      },
      [w0.shape, b0.shape],
    ) as [TensorInfo, TensorInfo];
    free(backend, z, normalisation, da, dz);
    return [dx, dw0, db0, dgamma, dbeta, dw1, db1];
  },
};

/** z [P,R]. */
function reduce(backend: WebGPUBackend, { x, w0, b0, w1 }: KernelGenerationInputs): TensorInfo {
  const { pixels, hidden, constants, key } = sizesOf({ x, w0, w1 });
  return runGather(backend, {
    name: `generationReduce ${key}`,
    outputShape: [pixels, hidden],
    inputs: { x, w0, b0 },
    body: `${constants}
      let r = index % R;
      let pixel = index / R;
      value = b0[r];
      for (var c = 0; c < C; c++) { value += x[pixel * C + c] * w0[c * R + r]; }`,
  });
}

/** [2,R]: γ·n + β as one factor and one addend of z. */
function normalise(
  backend: WebGPUBackend,
  { gamma, beta, mean, variance }: Pick<KernelGenerationInputs, 'gamma' | 'beta' | 'mean' | 'variance'>,
  epsilon: number,
): TensorInfo {
  const [hidden] = gamma.shape as [number];
  return runGather(backend, {
    name: 'generationNormalise',
    outputShape: [2, hidden],
    inputs: { gamma, beta, mean, variance },
    integers: { hidden },
    floats: { epsilon },
    body: `
      let r = index % uniforms.hidden;
      value = gamma[r] * inverseSqrt(variance[r] + uniforms.epsilon);
      if (index >= uniforms.hidden) { value = beta[r] - mean[r] * value; }`,
  });
}

/** n, of z's element at `index`. */
const standardised = (index: string) =>
  `((z[${index}] - mean[r]) * inverseSqrt(variance[r] + uniforms.epsilon))`;

function sizesOf({ x, w0, w1 }: Pick<KernelGenerationInputs, 'x' | 'w0' | 'w1'>) {
  const [channels, hidden] = w0.shape as [number, number];
  const outputs = w1.shape[1]!;
  return {
    pixels: util.sizeFromShape(x.shape) / channels,
    channels,
    hidden,
    outputs,
    constants: `const C = ${channels}; const R = ${hidden}; const N = ${outputs};`,
    key: `${channels} ${hidden} ${outputs}`,
  };
}

function again(backend: WebGPUBackend, tensor: TensorInfo): TensorInfo {
  backend.incRef(tensor.dataId);
  return { ...tensor };
}

function free(backend: WebGPUBackend, ...tensors: TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}
