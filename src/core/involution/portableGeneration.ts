import * as tf from '@tensorflow/tfjs-core';
import type { InvolutionKernel, KernelGenerationInputs, KernelResult } from './kernels';
import { pixelsOf } from './pointwise';

function tensors(inputs: KernelGenerationInputs) {
  return inputs as { [Name in keyof KernelGenerationInputs]: tf.Tensor };
}

export const portableGeneration: InvolutionKernel<'KernelGeneration'> = (inputs, { training, epsilon }) =>
  tf.tidy((): KernelResult<'KernelGeneration'> => {
    const { x, w0, b0, gamma, beta, w1, b1, mean, variance } = tensors(inputs);
    const reduced = tf.add(tf.matMul(pixelsOf(x), w0 as tf.Tensor2D), b0);
    const statistics = training
      ? tf.moments(reduced, 0)
      : { mean: tf.clone(mean), variance: tf.clone(variance) };
    const scale = tf.mul(gamma, tf.rsqrt(tf.add(statistics.variance, epsilon)));
    const active = tf.relu(tf.add(tf.mul(tf.sub(reduced, statistics.mean), scale), beta));
    const h = tf.add(tf.matMul(active as tf.Tensor2D, w1 as tf.Tensor2D), b1);
    return [tf.reshape(h, [...x.shape.slice(0, -1), w1.shape[1]!]), statistics.mean, statistics.variance];
  });

/** Computes the hidden values again rather than have the forward pass keep them. */
export const portableGenerationGradient: InvolutionKernel<'KernelGenerationGrad'> = (
  { dh: outputGradient, ...inputs },
  { training, epsilon },
) =>
  tf.tidy((): KernelResult<'KernelGenerationGrad'> => {
    const { x, w0, b0, gamma, beta, w1, mean, variance } = tensors(inputs);
    const pixels = pixelsOf(x);
    const dh = pixelsOf(outputGradient as tf.Tensor);
    const deviation = tf.rsqrt(tf.add(variance, epsilon));
    const reduced = tf.add(tf.matMul(pixels, w0 as tf.Tensor2D), b0);
    const normal = tf.mul(tf.sub(reduced, mean), deviation);
    const active = tf.relu(tf.add(tf.mul(normal, gamma), beta)) as tf.Tensor2D;

    const dnormalised = tf.mul(tf.matMul(dh, w1 as tf.Tensor2D, false, true), tf.step(active));
    const dbeta = tf.sum(dnormalised, 0);
    const dgamma = tf.sum(tf.mul(dnormalised, normal), 0);
    // In training the mean and the variance depend on every pixel too.
    const throughStatistics = training
      ? tf.div(tf.add(dbeta, tf.mul(normal, dgamma)), pixels.shape[0])
      : tf.scalar(0);
    const dreduced = tf.mul(tf.sub(dnormalised, throughStatistics), tf.mul(gamma, deviation)) as tf.Tensor2D;
    return [
      tf.reshape(tf.matMul(dreduced, w0 as tf.Tensor2D, false, true), x.shape),
      tf.matMul(pixels, dreduced, true, false),
      tf.sum(dreduced, 0),
      dgamma,
      dbeta,
      tf.matMul(active, dh, true, false),
      tf.sum(dh, 0),
    ];
  });
