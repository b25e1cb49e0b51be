import { serialization } from '@tensorflow/tfjs-core';
import { BatchNormalization } from '../batchNormalization/layer';
import { Involution } from '../involution/layer';
import { Convolution } from './convolutionLayer';
import { Dropout } from './dropoutLayer';
import { GroupedConvolution } from './groupedConvolutionLayer';

/**
 * Registers the project's layers, without which its networks can neither be made nor loaded. Where TF.js has a layer of
 * the same name, ours gives the same results and takes its place.
 */
export function registerOwnLayers(): void {
  const ours = [Involution, BatchNormalization, Convolution, GroupedConvolution, Dropout];
  for (const layer of ours) serialization.registerClass(layer);
}
