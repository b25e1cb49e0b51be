import {
  keep,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor1d,
  tidy,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ImageShape } from '../data/dataset';
import type { Adam } from './adam';
import type { Batch } from './batchSource';
import { clipByGlobalNorm } from './clip';
import { sparseSoftmaxCrossEntropy } from './loss';
import { normalizePixels } from './pixels';

/** Mean loss of a batch and how many of its images were classified correctly; not read back. The caller disposes them. */
export interface StepResult {
  readonly loss: Scalar;
  readonly correct: Scalar;
}

/** One optimizer step. `step` counts from 1. */
export function trainingStep(
  network: LayersModel,
  adam: Adam,
  batch: Batch,
  imageShape: ImageShape,
  options: { step: number; learningRate: number; clipNorm: number | null },
): StepResult {
  return tidy(() => {
    const { images, labels } = batchTensors(batch, imageShape);
    let correct: Scalar | undefined;
    const { value: loss, grads } = variableGrads(() => {
      const logits = network.apply(images, {
        training: true,
        kernels: false,
        step: options.step,
      }) as Tensor2D;
      const result = sparseSoftmaxCrossEntropy(labels, logits);
      // Gradients dispose of whatever their function made but did not return.
      correct = keep(result.correct);
      return result.loss;
    }, [...adam.variables]);
    const gradients = adam.variables.map((variable) => grads[variable.name]!);
    const clipped = options.clipNorm === null ? gradients : clipByGlobalNorm(gradients, options.clipNorm);
    adam.apply(clipped, options.learningRate, options.step);
    return { loss: keep(loss), correct: correct! };
  });
}

/** The same measures of a batch, without learning from it. */
export function evaluationStep(network: LayersModel, batch: Batch, imageShape: ImageShape): StepResult {
  return tidy(() => {
    const { images, labels } = batchTensors(batch, imageShape);
    const logits = network.apply(images, { training: false, kernels: false }) as Tensor2D;
    const { loss, correct } = sparseSoftmaxCrossEntropy(labels, logits);
    return { loss: keep(loss), correct: keep(correct) };
  });
}

function batchTensors(batch: Batch, imageShape: ImageShape): { images: Tensor4D; labels: Tensor1D } {
  return {
    images: normalizePixels(batch.images, [batch.count, ...imageShape]),
    labels: tensor1d(batch.labels, 'int32'),
  };
}
