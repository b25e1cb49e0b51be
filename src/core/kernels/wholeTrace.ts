import { dispose, type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { Involution } from '../involution/layer';
import { groupSums } from './kernelMap';
import { ownSize, pathToInvolutions, type Step, shapesAlong } from './path';
import type { Activation, TracedLayer, TraceOptions } from './trace';

/** The image can't go through the network at this size; at the network's own it can. */
export class ImageSizeError extends Error {
  override readonly name = 'ImageSizeError';
  constructor(
    network: LayersModel,
    { width, height }: Pick<Activation, 'width' | 'height'>,
    /** "its layer "pool" would get no pixel". */
    readonly reason: string,
  ) {
    const size = ownSize(network);
    const own = size ? `, ${size[1]}×${size[0]} pixels` : '';
    super(
      `The kernels of "${network.name}" can't be shown for an image of ${width}×${height} pixels: ${reason}. Show it at the network's own size${own}.`,
    );
  }
}

/** No layer's outputs and kernels may take more, for an image that is not of the network's size. */
const mostBytes = 1024 ** 3;

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
  const { name, stencilSize: kernelSize, groups, strides } = involution;
  const [, height, width, channels] = y.shape as [number, number, number, number];
  return {
    ...{ name, height, width, channels, kernelSize, groups, strides },
    input: { height: x.shape[1]!, width: x.shape[2]!, channels: x.shape[3]!, values: inputValues!.slice() },
    sums: groupSums(weights!, { kernelSize, groups }),
  };
}

function checkSize(network: LayersModel, steps: readonly Step[], image: Activation): void {
  const own = ownSize(network);
  if (own && own[0] === image.height && own[1] === image.width) return;
  const refuse = (reason: string) => new ImageSizeError(network, image, reason);
  let shapes: ReturnType<typeof shapesAlong>;
  try {
    shapes = shapesAlong(steps, image);
  } catch (error) {
    throw refuse((error as Error).message);
  }
  for (const [layer, shape] of shapes) {
    if (shape.some((side) => side < 1))
      throw refuse(`nothing would be left of it after the layer "${layer.name}"`);
    const [, height, width, channels] = shape as [number, number, number, number];
    const kernels = layer instanceof Involution ? layer.stencilSize ** 2 * layer.groups : 0;
    const bytes = 4 * height * width * (channels + kernels);
    if (bytes > mostBytes)
      throw refuse(
        `the layer "${layer.name}" alone would take ${(bytes / 1024 ** 3).toFixed(1)} GB, and at most ${mostBytes / 1024 ** 3} GB are given`,
      );
  }
}
