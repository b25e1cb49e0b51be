import { clone, dispose, slice, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { KernelStage } from '../involution/generators/explanation';
import { groupOfChannel, involutionGeometry } from '../involution/geometry';
import type { Involution } from '../involution/layer';
import { neighbourhood } from '../involution/neighbourhood';
import { involution, type Tensor6D } from '../involution/operator';
import { WordedError } from '../wordedError';
import type { TracedLayer } from './kernelLayer';
import { cropped, inputRange } from './strips';

/**
 * All the arithmetic of one output pixel: from the pixel by the stages of the generator to the kernel, and then
 * sums[c] = Σ_k kernel[k, group(c)] · neighbourhood[k, c].
 */
export interface KernelDetail {
  readonly row: number;
  readonly column: number;
  /** How the kernel comes about: the pixel, what the generator makes of it, and last the kernel. */
  readonly stages: KernelStage[];
  /** K·K·G. */
  readonly kernel: Float32Array;
  /** K·K·C, of the input or of its values where the layer projects them; zero where the window leaves the image. */
  readonly neighbourhood: Float32Array;
  /** C, what the kernel gives. */
  readonly sums: Float32Array;
  /** C, what the layer gives: the sums, or their projection where the layer has one. */
  readonly output: Float32Array;
  /** Group of each channel. */
  readonly groupOf: number[];
}

/** The kernel that the network generates at a position of the output, what it is applied to, and the result. */
export async function kernelAt(
  network: LayersModel,
  traced: TracedLayer,
  row: number,
  column: number,
): Promise<KernelDetail> {
  const { height, width, name, input, channels, groups, projects } = traced;
  if (!(row >= 0 && row < height && column >= 0 && column < width))
    throw new WordedError([
      '{0} has {1} × {2} positions; there is none at ({3}, {4}).',
      ...[name, height, width, row, column],
    ]);
  const layer = network.getLayer(name) as Involution;
  const { strides, groupLayout, padding } = layer;
  const { from: top, to: bottom } = inputRange(row, row + 1, input.height, layer);
  const { from: left, to: right } = inputRange(column, column + 1, input.width, layer);
  const [y, x] = [row - top / strides, column - left / strides];
  const window = tidy(() => cropped(input, top, bottom, left, right));
  const [output, sums, kernel, seen] = tidy(() => {
    const [outputs, kernels] = layer.apply(window, { training: false }) as [Tensor4D, Tensor6D];
    const values = layer.values(window);
    const unprojected = projects.output
      ? involution(values, kernels, { strides, groupLayout, padding })
      : outputs;
    const atPosition = (pixels: Tensor4D) => slice(pixels, [0, y, x, 0], [1, 1, 1, channels]);
    return [
      atPosition(outputs),
      atPosition(unprojected),
      slice(kernels, [0, y, x, 0, 0, 0], [1, 1, 1, -1, 1, groups]),
      clone(values),
    ] as [Tensor, Tensor, Tensor, Tensor];
  });
  const read = [output, sums, kernel, seen].map((tensor) => tensor.data());
  const [outputValues, sumValues, kernelValues, seenValues] = (await Promise.all(read)) as Float32Array[];
  const stages = await layer.explain(window, y, x);
  dispose([window, output, sums, kernel, seen]);
  const attributes = { kernelSize: layer.stencilSize, strides, groups, groupLayout, padding };
  const geometry = involutionGeometry(seen.shape, attributes);
  return {
    row,
    column,
    stages,
    kernel: new Float32Array(kernelValues!),
    neighbourhood: neighbourhood(seenValues!, geometry, y, x),
    sums: new Float32Array(sumValues!),
    output: new Float32Array(outputValues!),
    groupOf: Array.from({ length: channels }, (_, c) => groupOfChannel(c, channels, groups, groupLayout)),
  };
}
