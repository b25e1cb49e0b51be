import type { LayersModel } from '@tensorflow/tfjs-layers';
import { buildNetwork, type NetworkOptions } from '../core/network/build';
import { presetNetwork } from '../core/network/presets/presets';

/**
 * The involutional network of the Keras example "Involutional neural networks", layer by layer, with the names that
 * Keras gives them: images [B,H,W,C] with values in [0, 1] → logits [B, classes].
 */
export const involutionNet = (options?: NetworkOptions): LayersModel =>
  buildNetwork(presetNetwork('involution'), options);

/** Its convolutional network. @see involutionNet */
export const convolutionNet = (options?: NetworkOptions): LayersModel =>
  buildNetwork(presetNetwork('convolution'), options);
