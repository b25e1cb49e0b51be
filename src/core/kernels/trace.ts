import { clone, dispose, slice, type Tensor, type Tensor4D, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { groupOfChannel, involutionGeometry, outputSize } from '../involution/geometry';
import type { Involution } from '../involution/layer';
import { neighbourhood } from '../involution/neighbourhood';
import { involution, type Tensor6D } from '../involution/operator';
import { groupSums, type KernelMap, kernelMap } from './kernelMap';
import { involutionStem, isStem, leastSide, type StemStage } from './stem';
import { traceWhole } from './wholeTrace';

/** One image's activations: height · width · channels values. */
export interface Activation {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly values: Float32Array;
}

/** An involution of a network, as it comes out for an image: height, width and channels are its output's. */
export interface KernelLayer {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** The side of its kernels. */
  readonly kernelSize: number;
  readonly groups: number;
  readonly strides: number;
}

/** What it did with the image. */
export interface TracedLayer extends KernelLayer {
  readonly input: Activation;
  /** height · width · groups: the sum of the K·K weights of each group, at each position. */
  readonly sums: Float32Array;
}

/**
 * All the arithmetic of one output pixel: output[c] = Σ_k kernel[k, group(c)] · neighbourhood[k, c]. Where the generator's
 * kind projects values, the neighbourhood is of them, and the output not projected yet.
 */
export interface KernelDetail {
  readonly row: number;
  readonly column: number;
  /** K·K·G. */
  readonly kernel: Float32Array;
  /** K·K·C; zero where the window leaves the image. */
  readonly neighbourhood: Float32Array;
  /** C. */
  readonly output: Float32Array;
  /** Group of each channel. */
  readonly groupOf: number[];
}

export interface TraceOptions {
  readonly signal?: AbortSignal;
  /** The share done so far. */
  readonly onProgress?: (fraction: number) => void;
  /** The image is worked on in horizontal strips whose tensors take no more than this. */
  readonly stripBytes?: number;
}

/** Nothing would be left of the image for one of the network's involutions. */
export class SmallImageError extends Error {
  override readonly name = 'SmallImageError';
  constructor(
    { width, height }: Pick<Activation, 'width' | 'height'>,
    readonly leastSide: number,
    /** The involution that would get no pixel. */
    readonly layer: string,
  ) {
    super(`The image is ${width}×${height} pixels; this network needs ${leastSide}×${leastSide} at least.`);
  }
}

/**
 * Runs an image, values in [0, 1], through the involutions of a network. Kernels are not kept, only what they sum to. A
 * chain of involutions takes images of any size, strip by strip; memory grows with the pixels, not with K·K. Other
 * networks take them whole.
 * @throws SmallImageError, ImageSizeError
 */
export async function traceInvolutions(
  network: LayersModel,
  image: Activation,
  options: TraceOptions = {},
): Promise<TracedLayer[]> {
  return isStem(network) ? traceStem(network, image, options) : traceWhole(network, image, options);
}

async function traceStem(
  network: LayersModel,
  image: Activation,
  { signal, onProgress, stripBytes = 32 * 1024 ** 2 }: TraceOptions,
): Promise<TracedLayer[]> {
  const stem = involutionStem(network);
  const least = leastSide(stem);
  if (Math.min(image.width, image.height) < least)
    throw new SmallImageError(image, least, stem.at(-1)!.involution.name);
  const traced: TracedLayer[] = [];
  // Pooling leaves a quarter of the pixels, and so of the work, to each stage.
  let [done, share] = [0, 0.75];
  let input = image;
  for (const stage of stem) {
    const { layer, next } = await traceStage(stage, input, stripBytes, (fraction) => {
      signal?.throwIfAborted();
      onProgress?.(done + share * fraction);
    });
    traced.push(layer);
    input = next;
    done += share;
    share /= 4;
  }
  onProgress?.(1);
  return traced;
}

/** Σ over K·K of one group or all, at each position. */
export function tracedMap({ sums, height, width, groups }: TracedLayer, group: number | 'all'): KernelMap {
  return kernelMap(sums, { height, width, kernelSize: 1, groups }, group);
}

/** The kernel that the network generates at a position of the output, what it is applied to, and the result. */
export async function kernelAt(
  network: LayersModel,
  traced: TracedLayer,
  row: number,
  column: number,
): Promise<KernelDetail> {
  const { height, width, name, input, channels, groups } = traced;
  if (!(row >= 0 && row < height && column >= 0 && column < width))
    throw new RangeError(`${name} has ${height} × ${width} positions; there is none at (${row}, ${column}).`);
  const layer = network.getLayer(name) as Involution;
  const { strides, groupLayout, padding } = layer;
  const { from: top, to: bottom } = inputRange(row, row + 1, input.height, layer);
  const { from: left, to: right } = inputRange(column, column + 1, input.width, layer);
  const [y, x] = [row - top / strides, column - left / strides];
  const [output, kernel, seen] = tidy(() => {
    const window = cropped(input, top, bottom, left, right);
    const [, kernels] = layer.apply(window, { training: false }) as [Tensor, Tensor6D];
    const values = layer.values(window);
    const outputs = involution(values, kernels, { strides, groupLayout, padding });
    return [
      slice(outputs, [0, y, x, 0], [1, 1, 1, channels]),
      slice(kernels, [0, y, x, 0, 0, 0], [1, 1, 1, -1, 1, groups]),
      clone(values),
    ] as const;
  });
  const [outputValues, kernelValues, seenValues] = await Promise.all([
    output.data(),
    kernel.data(),
    seen.data() as Promise<Float32Array>,
  ]);
  dispose([output, kernel, seen]);
  const attributes = { kernelSize: layer.stencilSize, strides, groups, groupLayout, padding };
  const geometry = involutionGeometry(seen.shape, attributes);
  return {
    row,
    column,
    kernel: new Float32Array(kernelValues),
    neighbourhood: neighbourhood(seenValues, geometry, y, x),
    output: new Float32Array(outputValues),
    groupOf: Array.from({ length: channels }, (_, c) => groupOfChannel(c, channels, groups, groupLayout)),
  };
}

async function traceStage(
  { involution, following, shrinkage }: StemStage,
  input: Activation,
  stripBytes: number,
  onStrip: (fraction: number) => void,
): Promise<{ layer: TracedLayer; next: Activation }> {
  const { stencilSize: kernelSize, groups, strides } = involution;
  const height = outputSize(input.height, strides);
  const width = outputSize(input.width, strides);
  const { channels } = input;
  const sums = new Float32Array(height * width * groups);
  const next = {
    height: Math.floor(height / shrinkage),
    width: Math.floor(width / shrinkage),
    channels,
  };
  const values = new Float32Array(next.height * next.width * channels);

  const rowBytes = 4 * width * (2 * channels * strides + kernelSize ** 2 * groups);
  const rows = Math.max(1, Math.floor(stripBytes / rowBytes / shrinkage)) * shrinkage;
  for (let from = 0, to = 0; from < height; from = to) {
    // A rest that the pooling would leave nothing of goes with the strip before it.
    to = height - from - rows < shrinkage ? height : from + rows;
    onStrip(from / height);
    const range = inputRange(from, to, input.height, involution);
    const [kernel, result] = tidy(() => {
      const strip = cropped(input, range.from, range.to, 0, input.width);
      const [outputs, kernels] = involution.apply(strip, { training: false }) as [Tensor4D, Tensor4D];
      const first = from - range.from / strides;
      const kept = slice(outputs, [0, first, 0, 0], [1, to - from, width, channels]);
      return [
        slice(kernels, [0, first, 0, 0, 0, 0], [1, to - from, width, kernelSize ** 2, 1, groups]),
        following.reduce((x, layer) => layer.apply(x, { training: false }) as Tensor4D, kept),
      ];
    });
    const weights = (await kernel!.data()) as Float32Array;
    sums.set(groupSums(weights, { kernelSize, groups }), from * width * groups);
    values.set((await result!.data()) as Float32Array, (from / shrinkage) * next.width * channels);
    kernel!.dispose();
    result!.dispose();
  }
  const layer = { name: involution.name, height, width, channels, kernelSize, groups, strides, input, sums };
  return { layer, next: { ...next, values } };
}

/**
 * Which rows of the input (or columns: `size` is the side's length) an involution needs for its output rows [a, b) to
 * come out as they do for the whole image. They begin at a multiple of the stride, and leave the same remainder by it
 * as the whole: so 'SAME' pads both alike.
 */
function inputRange(
  a: number,
  b: number,
  size: number,
  { stencilSize, strides }: Involution,
): { from: number; to: number } {
  const halo = Math.ceil(stencilSize / strides) + 1;
  const from = Math.max(0, a - halo) * strides;
  return { from, to: Math.min(size, (b + halo) * strides + (size % strides)) };
}

/** [1, bottom − top, right − left, C]. */
function cropped(
  { width, channels, values }: Activation,
  top: number,
  bottom: number,
  left: number,
  right: number,
): Tensor4D {
  const rows = values.subarray(top * width * channels, bottom * width * channels);
  const strip = tensor4d(rows, [1, bottom - top, width, channels]);
  return left === 0 && right === width ? strip : slice(strip, [0, 0, left, 0], [1, -1, right - left, -1]);
}
