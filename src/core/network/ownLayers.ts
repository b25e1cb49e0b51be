import { serialization } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { BatchNormalization } from '../batchNormalization/layer';
import { Involution } from '../involution/layer';
import { Convolution } from './convolutionLayer';
import { Dropout } from './dropoutLayer';
import { GroupedConvolution } from './groupedConvolutionLayer';

/** By which TF.js makes a layer out of a class name and a configuration. */
type LayerClass = new (config: object) => layers.Layer;

const ours = [Involution, BatchNormalization, Convolution, GroupedConvolution, Dropout];

/** The layers without which a network that was saved can't be loaded: TF.js has none of these names. */
export const unknownToTensorFlow: readonly string[] = [Involution, GroupedConvolution].map(
  ({ className }) => className,
);

/** The project's class of that name, which gives the results of TF.js's where there is one; else TF.js's. */
export function layerClass(className: string): LayerClass {
  const { classNameMap } = serialization.SerializationMap.getMap();
  const found = ours.find((layer) => layer.className === className) ?? classNameMap[className]?.[0];
  if (!found) throw new Error(`TF.js knows no layer "${className}".`);
  return found as unknown as LayerClass;
}

/** From here on TF.js loads networks with the project's layers, in the place of its own where the names are the same. */
export function registerOwnLayers(): void {
  for (const layer of ours) serialization.registerClass(layer);
}
