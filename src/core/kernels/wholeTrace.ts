import { dispose, type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { Involution } from '../involution/layer';
import { type Activation, kernelLayer, type TracedLayer } from './kernelLayer';
import { ownSize, pathToInvolutions, type Step, shapesAlong } from './path';
import { statisticValues } from './statistics';

export interface TraceOptions {
  readonly signal?: AbortSignal;
  /** The share done so far. */
  readonly onProgress?: (fraction: number) => void;
  /** A chain of involutions, and a statistic that is asked for later, work on strips of so many bytes. */
  readonly stripBytes?: number;
}

/** No layer's outputs and kernels may take more gigabytes, for an image that is not of the network's size. */
const mostGigabytes = 1;

/** Why a network can't take an image: a layer would get nothing, take too much, or says itself what is wrong. */
export type SizeProblem =
  | { readonly kind: 'vanishes'; readonly layer: string }
  | { readonly kind: 'memory'; readonly layer: string; readonly gigabytes: number; readonly most: number }
  | { readonly kind: 'refused'; readonly error: Error };

/** The image can't go through the network at this size; at the network's own it can. */
export class ImageSizeError extends Error {
  override readonly name = 'ImageSizeError';
  constructor(
    network: LayersModel,
    { width, height }: Pick<Activation, 'width' | 'height'>,
    readonly problem: SizeProblem,
  ) {
    const size = ownSize(network);
    const own = size ? `, ${size[1]}×${size[0]} pixels` : '';
    super(
      `The kernels of "${network.name}" can't be shown for an image of ${width}×${height} pixels: ${inWords(problem)}. Show it at the network's own size${own}.`,
    );
  }
}

function inWords(problem: SizeProblem): string {
  if (problem.kind === 'refused') return problem.error.message;
  if (problem.kind === 'vanishes') return `nothing would be left of it after the layer "${problem.layer}"`;
  const { layer, gigabytes, most } = problem;
  return `the layer "${layer}" alone would take ${gigabytes.toFixed(1)} GB, and at most ${most} GB are given`;
}

/**
 * Runs an image through any network, layer by layer, as far as its last involution: every involution with the input that
 * it got.
 * @throws ImageSizeError
 */
export async function traceWhole(
  network: LayersModel,
  image: Activation,
  { signal, onProgress }: TraceOptions,
): Promise<TracedLayer[]> {
  const steps = pathToInvolutions(network);
  checkSize(network, steps, image);
  const traced: TracedLayer[] = [];
  const { height, width, channels, values } = image;
  const held = new Map<layers.Layer | 'image', Tensor>([
    ['image', tensor4d(values, [1, height, width, channels])],
  ]);
  try {
    for (const [i, { layer, sources }] of steps.entries()) {
      signal?.throwIfAborted();
      onProgress?.(i / steps.length);
      const inputs = sources.map((source) => held.get(source)!);
      const [output, kernels] = tidy(() =>
        [
          layer.apply(inputs.length === 1 ? inputs[0]! : inputs, { training: false }) as Tensor | Tensor[],
        ].flat(),
      );
      held.set(layer, output!);
      if (layer instanceof Involution) traced.push(await read(layer, inputs[0]!, output!, kernels!));
      for (const source of sources) {
        if (steps.slice(i + 1).some((later) => later.sources.includes(source))) continue;
        held.get(source)?.dispose();
        held.delete(source);
      }
    }
  } finally {
    dispose([...held.values()]);
  }
  onProgress?.(1);
  return traced;
}

/** Disposes of the kernels. */
async function read(involution: Involution, x: Tensor, y: Tensor, kernels: Tensor): Promise<TracedLayer> {
  const [inputValues, weights] = (await Promise.all([x.data(), kernels.data()])) as Float32Array[];
  kernels.dispose();
  const [, height, width, channels] = y.shape as [number, number, number, number];
  const layer = kernelLayer(involution, { height, width, channels });
  return {
    ...layer,
    input: { height: x.shape[1]!, width: x.shape[2]!, channels: x.shape[3]!, values: inputValues!.slice() },
    values: statisticValues(weights!, layer, layer.statistic),
  };
}

function checkSize(network: LayersModel, steps: readonly Step[], image: Activation): void {
  const own = ownSize(network);
  if (own && own[0] === image.height && own[1] === image.width) return;
  const refuse = (problem: SizeProblem) => new ImageSizeError(network, image, problem);
  let shapes: ReturnType<typeof shapesAlong>;
  try {
    shapes = shapesAlong(steps, image);
  } catch (error) {
    throw refuse({ kind: 'refused', error: error as Error });
  }
  for (const [layer, shape] of shapes) {
    if (shape.some((side) => side < 1)) throw refuse({ kind: 'vanishes', layer: layer.name });
    const [, height, width, channels] = shape as [number, number, number, number];
    const kernels = layer instanceof Involution ? layer.stencilSize ** 2 * layer.groups : 0;
    const gigabytes = (4 * height * width * (channels + kernels)) / 1024 ** 3;
    if (gigabytes > mostGigabytes)
      throw refuse({ kind: 'memory', layer: layer.name, gigabytes, most: mostGigabytes });
  }
}
