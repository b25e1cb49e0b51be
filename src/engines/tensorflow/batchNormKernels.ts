import { reshape, type Tensor, type TensorInfo, tensor1d, tidy } from '@tensorflow/tfjs-core';
import {
  type BatchNormAttrs,
  type BatchNormKernels,
  batchNormSize,
} from '../../core/batchNormalization/kernels';
import type { TensorFlowBackend } from './backend';
import type { KernelReplacements } from './kernelReplacements';
import { attributesOf } from './opAttributes';

/** Batch normalisation in training as TensorFlow's own ops, for its processor kernels: a GPU's hand other things on. */
export function addBatchNormKernels(backend: TensorFlowBackend, kernels: KernelReplacements): void {
  const { float, nhwc, flag } = attributesOf(backend);
  const { TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_FLOAT } = backend.binding;
  const attributes = ({ epsilon }: BatchNormAttrs) => [
    float,
    { name: 'U', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: epsilon },
    nhwc,
    flag('is_training', true),
  ];

  kernels.replace(
    'BatchNormTraining',
    () =>
      ({ inputs, attrs }) =>
        tidy(() => {
          const { x, gamma, beta } = inputs as BatchNormKernels['BatchNormTraining']['inputs'];
          const none = tensor1d([], 'float32');
          const [y, mean, , , variance] = backend.executeMultipleOutputs(
            'FusedBatchNormV3',
            attributes(attrs as BatchNormAttrs),
            [asImage(x), gamma, beta, none, none],
            6,
          );
          return [reshape(y!, x.shape), mean!, variance!];
        }),
  );

  kernels.replace(
    'BatchNormTrainingGrad',
    () =>
      ({ inputs, attrs }) =>
        tidy(() => {
          const { dy, x, gamma, mean, variance } =
            inputs as BatchNormKernels['BatchNormTrainingGrad']['inputs'];
          const none = tensor1d([], 'float32');
          const [dx, dgamma, dbeta] = backend.executeMultipleOutputs(
            'FusedBatchNormGradV3',
            attributes(attrs as BatchNormAttrs),
            [asImage(dy), asImage(x), gamma, mean, variance, none],
            5,
          );
          return [reshape(dx!, x.shape), dgamma!, dbeta!];
        }),
  );
}

/** […,C] as the one image that the ops take. */
function asImage(x: TensorInfo): Tensor {
  const { pixels, channels } = batchNormSize(x);
  return reshape(x as Tensor, [1, 1, pixels, channels]);
}
