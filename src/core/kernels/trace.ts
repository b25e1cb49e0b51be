import { type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { outputSize } from '../involution/geometry';
import type { Involution } from '../involution/layer';
import { type Activation, kernelLayer, type TracedLayer } from './kernelLayer';
import { componentsOf, type KernelStatistic, statisticValues } from './statistics';
import { involutionStem, isStem, leastSide, type StemStage } from './stem';
import { applyToStrip, stripsOf } from './strips';
import { type TraceOptions, traceWhole } from './wholeTrace';

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
 * Runs an image, values in [0, 1], through the involutions of a network. Kernels are not kept, only the statistic that
 * their layer's pictures show. A chain of involutions takes images of any size, strip by strip; memory grows with the
 * pixels, not with K·K. Other networks take them whole.
 * @throws SmallImageError, ImageSizeError
 */
export async function traceInvolutions(
  network: LayersModel,
  image: Activation,
  options: TraceOptions = {},
): Promise<TracedLayer[]> {
  return isStem(network) ? traceStem(network, image, options) : traceWhole(network, image, options);
}

/** A statistic at each position and group. Any but the layer's own makes the kernels again, from what the layer got. */
export async function tracedStatistic(
  network: LayersModel,
  traced: TracedLayer,
  statistic: KernelStatistic,
  { signal, stripBytes }: TraceOptions = {},
): Promise<Float32Array> {
  if (statistic === traced.statistic) return traced.values;
  const { name, input, height, width, groups } = traced;
  const involution = network.getLayer(name) as Involution;
  const perRow = width * groups * componentsOf(statistic);
  const values = new Float32Array(height * perRow);
  for (const strip of stripsOf(involution, input, stripBytes)) {
    signal?.throwIfAborted();
    const kernels = tidy(() => applyToStrip(involution, input, strip).kernels);
    const weights = (await kernels.data()) as Float32Array;
    values.set(statisticValues(weights, traced, statistic), strip.from * perRow);
    kernels.dispose();
  }
  return values;
}

async function traceStem(
  network: LayersModel,
  image: Activation,
  { signal, onProgress, stripBytes }: TraceOptions,
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

async function traceStage(
  { involution, following, shrinkage }: StemStage,
  input: Activation,
  stripBytes: number | undefined,
  onStrip: (fraction: number) => void,
): Promise<{ layer: TracedLayer; next: Activation }> {
  const { channels } = input;
  const height = outputSize(input.height, involution.strides);
  const width = outputSize(input.width, involution.strides);
  const layer = kernelLayer(involution, { height, width, channels });
  const perRow = width * layer.groups * componentsOf(layer.statistic);
  const values = new Float32Array(height * perRow);
  const rest = { height: Math.floor(height / shrinkage), width: Math.floor(width / shrinkage), channels };
  const pixels = new Float32Array(rest.height * rest.width * channels);
  // A rest that the pooling would leave nothing of goes with the strip before it.
  for (const strip of stripsOf(involution, input, stripBytes, shrinkage)) {
    onStrip(strip.from / height);
    const [kernels, result] = tidy(() => {
      const given = applyToStrip(involution, input, strip);
      const apply = (x: Tensor4D, each: (typeof following)[number]) =>
        each.apply(x, { training: false }) as Tensor4D;
      return [given.kernels, following.reduce(apply, given.outputs)] as const;
    });
    const weights = (await kernels.data()) as Float32Array;
    values.set(statisticValues(weights, layer, layer.statistic), strip.from * perRow);
    pixels.set((await result.data()) as Float32Array, (strip.from / shrinkage) * rest.width * channels);
    kernels.dispose();
    result.dispose();
  }
  return { layer: { ...layer, input, values }, next: { ...rest, values: pixels } };
}
