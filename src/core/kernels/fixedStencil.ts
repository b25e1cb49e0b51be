import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { groupOfChannel } from '../involution/geometry';
import { Involution } from '../involution/layer';
import type { ModelCard } from '../network/model';

/** What a layer has in place of generated kernels: one stencil for each channel of its input, the same at every position. */
export interface FixedStencil {
  readonly layer: string;
  readonly kernelSize: number;
  readonly channels: number;
  /** Whose stencils these are, of how many outputs: a depthwise layer has one set for all. */
  readonly filter: number;
  readonly filters: number;
  /** K·K·channels. */
  readonly weights: Float32Array;
}

/** The counterpart of a layer of involution in another model of the same run. */
export interface Counterpart extends FixedStencil {
  readonly model: ModelCard;
  readonly epoch: number;
}

/** The network's layers of more than one tap whose stencils no pixel changes, in their order. */
export function fixedLayers(network: LayersModel): layers.Layer[] {
  return network.layers.filter((layer) => {
    if (layer instanceof Involution)
      return typeof layer.generator !== 'function' && layer.generator.kind.kind === 'static';
    const isConvolution = ['Conv2D', 'DepthwiseConv2D'].includes(layer.getClassName());
    const [height, width] = isConvolution ? layer.getWeights()[0]!.shape : [];
    return height === width && height !== undefined && height > 1;
  });
}

/** @param filter which output's; beyond the last, the last one's. */
export async function fixedStencil(layer: layers.Layer, filter: number): Promise<FixedStencil> {
  const [kernel] = layer.getWeights();
  const weights = (await kernel!.data()) as Float32Array;
  const [kernelSize, , inputs, outputs] = kernel!.shape as [number, number, number, number];
  const taps = kernelSize ** 2;
  const common = { layer: layer.name, kernelSize };
  if (layer instanceof Involution) {
    // [K,K,1,G], each for a group of channels.
    const channels = (layer.output as unknown as SymbolicTensor[])[0]!.shape[3] as number;
    const of = (c: number) => groupOfChannel(c, channels, layer.groups, layer.groupLayout);
    const spread = Float32Array.from(
      { length: taps * channels },
      (_, i) => weights[Math.floor(i / channels) * outputs + of(i % channels)]!,
    );
    return { ...common, channels, filter: 0, filters: 1, weights: spread };
  }
  // [K,K,Cin,Cout]; a depthwise layer's outputs are its multiplier.
  const shown = Math.min(filter, outputs - 1);
  const own = Float32Array.from({ length: taps * inputs }, (_, i) => weights[i * outputs + shown]!);
  return { ...common, channels: inputs, filter: shown, filters: outputs, weights: own };
}
