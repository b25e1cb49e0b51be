import * as tf from '@tensorflow/tfjs-core';
import { type InvolutionGeometry, involutionGeometry, outputSize } from './geometry';
import type { InvolutionKernelSet } from './kernels';
import { portableGeneration, portableGenerationGradient } from './portableGeneration';

/**
 * The kernels as compositions of stock TF.js ops, for a backend that has none of its own. An image is never unfolded:
 * one tap (one of the K·K positions in the window) is handled after another, so memory stays O(X + H + Y).
 */
export const portableInvolution: InvolutionKernelSet = {
  Involution: ({ x, kernel }, attrs) =>
    tf.tidy(() => forward(x as tf.Tensor4D, kernel as tf.Tensor, involutionGeometry(x.shape, attrs))),
  InvolutionInputGrad: ({ dy, kernel }, attrs) =>
    tf.tidy(() =>
      inputGradient(dy as tf.Tensor4D, kernel as tf.Tensor, involutionGeometry(attrs.inputShape, attrs)),
    ),
  InvolutionKernelGrad: ({ dy, x }, attrs) =>
    tf.tidy(() => kernelGradient(dy as tf.Tensor4D, x as tf.Tensor4D, involutionGeometry(x.shape, attrs))),
  KernelGeneration: portableGeneration,
  KernelGenerationGrad: portableGenerationGradient,
};

/** y = Σ over taps of (the input seen through the tap) · (the tap's weights). */
function forward(x: tf.Tensor4D, kernel: tf.Tensor, geometry: InvolutionGeometry): tf.Tensor {
  const view = groupedView(geometry);
  const padded = padInput(x, geometry);
  const weights = tf.reshape(kernel, view.weights);
  const y = sumOver(taps(geometry), (row, column, index) =>
    tf.mul(
      tf.reshape(tapOf(padded, row, column, geometry), view.pixels),
      tapWeights(weights, index, geometry),
    ),
  );
  return tf.reshape(y, [geometry.batch, geometry.outHeight, geometry.outWidth, geometry.channels]);
}

/**
 * dx gathers, for each tap, dy · weights at the pixel that the tap looked at. Taps with the same offset modulo the
 * strides meet on one grid, which is spread out (strides − 1 zeros between its pixels) and shifted into place once.
 */
function inputGradient(dy: tf.Tensor4D, kernel: tf.Tensor, geometry: InvolutionGeometry): tf.Tensor {
  const { batch, height, width, channels, outHeight, outWidth, strides, kernelSize } = geometry;
  const view = groupedView(geometry);
  const gradients = tf.reshape(dy, view.pixels);
  const weights = tf.reshape(kernel, view.weights);
  const spare = outputSize(kernelSize, strides) - 1;
  const canvas = sumOver(phases(geometry), (rowPhase, columnPhase) => {
    const inPhase = taps(geometry).filter(
      ([row, column]) => row % strides === rowPhase && column % strides === columnPhase,
    );
    const grid = sumOver(inPhase, (row, column, index) => {
      const [top, left] = [Math.floor(row / strides), Math.floor(column / strides)];
      const share = tf.mul(gradients, tapWeights(weights, index, geometry));
      return tf.pad(tf.reshape(share, [batch, outHeight, outWidth, channels]), [
        [0, 0],
        [top, spare - top],
        [left, spare - left],
        [0, 0],
      ]);
    });
    return tf.pad(spread(grid, strides), [
      [0, 0],
      [rowPhase, strides - rowPhase],
      [columnPhase, strides - columnPhase],
      [0, 0],
    ]);
  });
  return tf.slice(canvas, [0, geometry.padTop, geometry.padLeft, 0], [batch, height, width, channels]);
}

/** dkernel: for each tap, dy · (the input seen through it), summed over the channels of each group. */
function kernelGradient(dy: tf.Tensor4D, x: tf.Tensor4D, geometry: InvolutionGeometry): tf.Tensor {
  const { batch, outHeight, outWidth, kernelSize, groups } = geometry;
  const view = groupedView(geometry);
  const padded = padInput(x, geometry);
  const gradients = tf.reshape(dy, view.pixels);
  const perTap = taps(geometry).map(([row, column]) =>
    tf.tidy(() => {
      const pixels = tf.reshape(tapOf(padded, row, column, geometry), view.pixels);
      const sums = tf.sum(tf.mul(gradients, pixels), view.withinGroup);
      return tf.reshape(sums, [view.positions, 1, groups]);
    }),
  );
  return tf.reshape(tf.concat(perTap, 1), [batch, outHeight, outWidth, kernelSize * kernelSize, 1, groups]);
}

type Offsets = [row: number, column: number, index: number];

function grid(size: number): Offsets[] {
  return Array.from({ length: size * size }, (_, index) => [Math.floor(index / size), index % size, index]);
}

/** The window's positions, row by row. */
function taps({ kernelSize }: InvolutionGeometry): Offsets[] {
  return grid(kernelSize);
}

/** The offsets modulo the strides at which any tap lies. */
function phases({ kernelSize, strides }: InvolutionGeometry): Offsets[] {
  return grid(Math.min(kernelSize, strides));
}

/** Adds the terms one by one, keeping only the sum. */
function sumOver(offsets: Offsets[], term: (...offset: Offsets) => tf.Tensor): tf.Tensor {
  return offsets.slice(1).reduce(
    (total, offset) =>
      tf.tidy(() => {
        const next = tf.add(total, term(...offset));
        total.dispose();
        return next;
      }),
    tf.tidy(() => term(...offsets[0]!)),
  );
}

/** How to look at pixels [B,Ho,Wo,C] and weights so that a multiplication broadcasts each group's weight. */
function groupedView(geometry: InvolutionGeometry) {
  const { batch, outHeight, outWidth, channels, groups, groupLayout, kernelSize } = geometry;
  const positions = batch * outHeight * outWidth;
  const perGroup = channels / groups;
  return {
    positions,
    weights: [positions, kernelSize * kernelSize, groups] as [number, number, number],
    ...(groupLayout === 'interleaved'
      ? { pixels: [positions, perGroup, groups], withinGroup: 1 }
      : { pixels: [positions, groups, perGroup], withinGroup: 2 }),
  };
}

function tapWeights(
  weights: tf.Tensor,
  index: number,
  { groups, groupLayout }: InvolutionGeometry,
): tf.Tensor {
  const positions = weights.shape[0]!;
  return tf.reshape(
    tf.slice(weights, [0, index, 0], [positions, 1, groups]),
    groupLayout === 'interleaved' ? [positions, 1, groups] : [positions, groups, 1],
  );
}

function padInput(x: tf.Tensor4D, geometry: InvolutionGeometry): tf.Tensor4D {
  const { height, width, outHeight, outWidth, strides, kernelSize, padTop, padLeft } = geometry;
  return tf.pad(x, [
    [0, 0],
    [padTop, Math.max((outHeight - 1) * strides + kernelSize - height - padTop, 0)],
    [padLeft, Math.max((outWidth - 1) * strides + kernelSize - width - padLeft, 0)],
    [0, 0],
  ]);
}

/** [B,Ho,Wo,C]: what every window has at one of its positions. */
function tapOf(padded: tf.Tensor4D, row: number, column: number, geometry: InvolutionGeometry): tf.Tensor {
  const { batch, channels, outHeight, outWidth, strides } = geometry;
  return tf.stridedSlice(
    padded,
    [0, row, column, 0],
    [batch, row + (outHeight - 1) * strides + 1, column + (outWidth - 1) * strides + 1, channels],
    [1, strides, strides, 1],
  );
}

/** [B,H,W,C] → [B,H·s,W·s,C], with zeros after each pixel and each row. */
function spread(pixels: tf.Tensor, strides: number): tf.Tensor4D {
  const [batch, height, width, channels] = pixels.shape as [number, number, number, number];
  if (strides === 1) return pixels as tf.Tensor4D;
  const zerosAfter = (t: tf.Tensor) =>
    tf.pad(t, [
      [0, 0],
      [0, (strides - 1) * t.shape[1]!],
    ]);
  const wide = zerosAfter(tf.reshape(pixels, [batch * height * width, channels]));
  const tall = zerosAfter(tf.reshape(wide, [batch * height, width * strides * channels]));
  return tf.reshape(tall, [batch, height * strides, width * strides, channels]);
}
