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
import type { Batch } from './batchSource';
import { clipByGlobalNorm } from './clip';
import { smoothedLoss, sparseSoftmaxCrossEntropy } from './loss';
import type { Optimizer } from './optimizers/optimizer';
import { normalizePixels } from './pixels';

/** Mean loss of a batch and how many of its images were classified correctly; not read back. The caller disposes them. */
export interface StepResult {
  readonly loss: Scalar;
  readonly correct: Scalar;
}

export interface StepOptions {
  /** From 1. */
  readonly step: number;
  readonly learningRate: number;
  readonly clipNorm: number | null;
  /** Its loss has it in it, too. Default: 0. */
  readonly labelSmoothing?: number;
}

/** One optimizer step. */
export function trainingStep(
  network: LayersModel,
  optimizer: Optimizer,
  batch: Batch,
  imageShape: ImageShape,
  { step, learningRate, clipNorm, labelSmoothing = 0 }: StepOptions,
): StepResult {
  return tidy(() => {
    const { images, labels } = batchTensors(batch, imageShape);
    let correct: Scalar | undefined;
    const { value: loss, grads } = variableGrads(() => {
      const logits = network.apply(images, {
        training: true,
        kernels: false,
        step,
      }) as Tensor2D;
      const result = sparseSoftmaxCrossEntropy(labels, logits);
      // Gradients dispose of whatever their function made but did not return.
      correct = keep(result.correct);
      return smoothedLoss(result.loss, labels, logits, labelSmoothing);
    }, [...optimizer.variables]);
    const gradients = optimizer.variables.map((variable) => grads[variable.name]!);
    const clipped = clipNorm === null ? gradients : clipByGlobalNorm(gradients, clipNorm);
    optimizer.apply(clipped, learningRate, step);
    return { loss: keep(loss), correct: correct! };
  });
}

/** The same measures of a batch, without learning from it; labels are not smoothed. */
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
