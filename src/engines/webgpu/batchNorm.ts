import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  type BatchNormAttrs,
  type BatchNormKernels,
  batchNormSize,
} from '../../core/batchNormalization/kernels';
import type { MovingAverageKernels } from '../../core/batchNormalization/movingAverage';
import type { KernelSet } from '../../core/customKernels';
import type { FusedKernels } from '../../core/plan/kernels';
import { runGather } from './program';
import { columnStatistics } from './statistics';
import { sumRows } from './sums';

type Forward = FusedKernels['BatchNormReluTraining'];
type Backward = BatchNormKernels['BatchNormTrainingGrad'];
/** `y` is what a ReLU gave of it. */
type Gradients = Backward['inputs'] & { readonly y?: TensorInfo };

export const batchNormKernels: KernelSet<BatchNormKernels> = {
  BatchNormTraining: (inputs, attrs, backend) => forward(backend as WebGPUBackend, inputs, attrs, false),
  BatchNormTrainingGrad: (inputs, attrs, backend) => backward(backend as WebGPUBackend, inputs, attrs),
};

export const batchNormReluKernels: Pick<
  KernelSet<FusedKernels>,
  'BatchNormReluTraining' | 'BatchNormReluTrainingGrad'
> = {
  BatchNormReluTraining: (inputs, attrs, backend) => forward(backend as WebGPUBackend, inputs, attrs, true),
  BatchNormReluTrainingGrad: (inputs, attrs, backend) => backward(backend as WebGPUBackend, inputs, attrs),
};

function forward(
  backend: WebGPUBackend,
  { x, gamma, beta, added }: Forward['inputs'],
  { epsilon }: BatchNormAttrs,
  isRectified: boolean,
): Forward['outputs'] {
  const { pixels, channels } = batchNormSize(x);
  const [mean, variance] = columnStatistics(backend, x, pixels, channels);
  const summand = added ? ' + added[index]' : '';
  const normalised = `(x[index] - mean[c]) * gamma[c] * inverseSqrt(variance[c] + uniforms.epsilon) + beta[c]${summand}`;
  const y = runGather(backend, {
    name: `batchNorm ${channels} ${added ? 'added' : ''} ${isRectified ? 'rectified' : ''}`,
    outputShape: x.shape,
    inputs: { x, gamma, beta, mean, variance, ...(added && { added }) },
    floats: { epsilon },
    body: `
      let c = index % ${channels};
      value = ${isRectified ? `max(${normalised}, 0.0)` : normalised};`,
  });
  return [y, mean, variance];
}

/** dx = γ / √(variance + ε) · (dy − (Σ dy + n · Σ dy·n) / pixels), where n is the normalised x. */
function backward(
  backend: WebGPUBackend,
  { dy, x, gamma, mean, variance, y }: Gradients,
  { epsilon }: BatchNormAttrs,
): Backward['outputs'] {
  const { pixels, channels } = batchNormSize(x);
  const given = { dy, x, mean, variance, ...(y && { y }) };
  const kind = `${channels} ${y ? 'rectified' : ''}`;
  const gradientAt = (index: string) => `
    var gradient = dy[${index}];
    ${y ? `if (y[${index}] <= 0.0) { gradient = 0.0; }` : ''}
    let deviation = inverseSqrt(variance[c] + uniforms.epsilon);
    let normal = (x[${index}] - mean[c]) * deviation;`;
  const [dgamma, dbeta] = sumRows(
    backend,
    {
      ...{ name: `batchNormGradSums ${kind}`, rows: pixels, columns: 2 * channels },
      ...{ inputs: given, floats: { epsilon } },
      term: `
        let c = column % ${channels};
        ${gradientAt(`row * ${channels} + c`)}
        value += select(gradient, gradient * normal, column < ${channels});`,
    },
    [gamma.shape, gamma.shape],
  ) as [TensorInfo, TensorInfo];
  const dx = runGather(backend, {
    name: `batchNormGradInput ${kind}`,
    outputShape: x.shape,
    inputs: { ...given, gamma, dgamma, dbeta },
    floats: { epsilon, share: 1 / pixels },
    body: `
      let c = index % ${channels};
      ${gradientAt('index')}
      value = gamma[c] * deviation * (gradient - (dbeta[c] + normal * dgamma[c]) * uniforms.share);`,
  });
  return [dx, dgamma, dbeta];
}

export const movingAverageKernels: KernelSet<MovingAverageKernels> = {
  MovingAverage: (inputs, { momentum }, backend) =>
    runGather(backend as WebGPUBackend, {
      name: 'movingAverage',
      outputShape: inputs.moving.shape,
      inputs: { ...inputs },
      floats: { momentum, rest: 1 - momentum },
      body: 'value = moving[index] * uniforms.momentum + batch[index] * uniforms.rest;',
    }),
};
