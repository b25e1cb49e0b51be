import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { registerOwnLayers } from './ownLayers';

/** A network out of its topology and weights, as they were saved; the caller disposes of it. */
export function networkFrom(artifacts: io.ModelArtifacts): Promise<LayersModel> {
  registerOwnLayers();
  return loadLayersModel(io.fromMemory(artifacts));
}
