import type { LayersModel, layers, Shape } from '@tensorflow/tfjs-layers';
import { Involution } from '../involution/layer';
import { WordedError } from '../wordedError';
import type { Activation } from './kernelLayer';

/** A layer on the way to an involution, and whose outputs it takes: earlier steps, or 'image'. */
export interface Step {
  readonly layer: layers.Layer;
  readonly sources: readonly (layers.Layer | 'image')[];
}

/**
 * All layers that any involution's input depends on, and the involutions themselves, in the order in which they are
 * computed.
 * @throws Error for a network without involutions
 */
export function pathToInvolutions(network: LayersModel): Step[] {
  const steps: Step[] = [];
  const seen = new Set<layers.Layer>();
  const visit = (layer: layers.Layer): void => {
    if (seen.has(layer)) return;
    seen.add(layer);
    const sources = sourcesOf(layer);
    for (const source of sources) if (source !== 'image') visit(source);
    steps.push({ layer, sources });
  };
  for (const layer of network.layers) if (layer instanceof Involution) visit(layer);
  if (steps.length === 0)
    throw new WordedError([
      'The network "{0}" has no involution, so it has no kernels to show.',
      network.name,
    ]);
  return steps;
}

function sourcesOf(layer: layers.Layer): Step['sources'] {
  const { inboundLayers } = layer.inboundNodes[0]!;
  return inboundLayers.map((source) => (source.getClassName() === 'InputLayer' ? 'image' : source));
}

/** What each step gives for such an image. @throws what a layer says of a shape that it can't work on */
export function shapesAlong(
  steps: readonly Step[],
  { height, width, channels }: Pick<Activation, 'height' | 'width' | 'channels'>,
): Map<layers.Layer, number[]> {
  const shapes = new Map<layers.Layer | 'image', number[]>([['image', [1, height, width, channels]]]);
  for (const { layer, sources } of steps) {
    const inputs = sources.map((source) => shapes.get(source)!);
    const output = layer.computeOutputShape(inputs.length === 1 ? inputs[0]! : inputs);
    shapes.set(layer, (Array.isArray(output[0]) ? output[0] : output) as number[]);
  }
  shapes.delete('image');
  return shapes as Map<layers.Layer, number[]>;
}

/** [height, width] that the network was built for; null where it takes any. */
export function ownSize(network: LayersModel): [height: number, width: number] | null {
  const [, height, width] = network.inputs[0]!.shape as Shape;
  return height == null || width == null ? null : [height, width];
}
