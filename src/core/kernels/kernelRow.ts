import { tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Involution } from '../involution/layer';
import { WordedError } from '../wordedError';
import type { TracedLayer } from './kernelLayer';
import { applyToStrip } from './strips';

/** The kernels of a row of positions, from left to right: width · K·K · groups weights. */
export async function kernelRow(
  network: LayersModel,
  traced: TracedLayer,
  row: number,
): Promise<Float32Array> {
  const { name, height, input } = traced;
  if (!(row >= 0 && row < height))
    throw new WordedError(['{0} has {1} rows; there is no row {2}.', name, height, row]);
  const layer = network.getLayer(name) as Involution;
  const kernels = tidy(() => applyToStrip(layer, input, { from: row, to: row + 1 }).kernels);
  const weights = new Float32Array(await kernels.data());
  kernels.dispose();
  return weights;
}
