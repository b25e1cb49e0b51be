import * as tf from '@tensorflow/tfjs-core';
import type { KernelSet, KernelTensors } from '../customKernels';
import { type BatchNormKernels, batchNormSize } from './kernels';

/** The kernels as compositions of stock TF.js ops, for a backend that has none of its own. */
export const portableBatchNorm: KernelSet<BatchNormKernels> = {
  BatchNormTraining: (inputs, { epsilon }) =>
    tf.tidy((): KernelTensors<BatchNormKernels['BatchNormTraining']> => {
      const { x, gamma, beta } = inputs as Record<keyof typeof inputs, tf.Tensor1D>;
      const pixels = pixelsOf(x);
      const mean = tf.mean<tf.Tensor1D>(pixels, 0);
      const variance = tf.mean<tf.Tensor1D>(tf.square(tf.sub(pixels, mean)), 0);
      const y = tf.batchNorm2d(pixels, mean, variance, beta, gamma, epsilon);
      return [tf.reshape(y, x.shape), mean, variance];
    }),

  /** dx = γ / √(variance + ε) · (dy − (Σ dy + n · Σ dy·n) / pixels), where n is the normalised x. */
  BatchNormTrainingGrad: (inputs, { epsilon }) =>
    tf.tidy((): KernelTensors<BatchNormKernels['BatchNormTrainingGrad']> => {
      const { dy, x, gamma, mean, variance } = inputs as Record<keyof typeof inputs, tf.Tensor>;
      const gradients = pixelsOf(dy);
      const deviation = tf.rsqrt(tf.add(variance, epsilon));
      const normal = tf.mul(tf.sub(pixelsOf(x), mean), deviation);
      const dbeta = tf.sum(gradients, 0);
      const dgamma = tf.sum(tf.mul(gradients, normal), 0);
      const throughStatistics = tf.div(tf.add(dbeta, tf.mul(normal, dgamma)), batchNormSize(x).pixels);
      const dx = tf.mul(tf.sub(gradients, throughStatistics), tf.mul(gamma, deviation));
      return [tf.reshape(dx, x.shape), dgamma, dbeta];
    }),
};

function pixelsOf(x: tf.Tensor): tf.Tensor2D {
  return tf.reshape(x, [-1, batchNormSize(x).channels]);
}
