import type { ImageShape } from '../data/dataset';
import type { ModelName } from '../runs/spec';

/** What a network of networks.ts holds, known before there is one: its first weights take a while to make. */
export interface Footprint {
  /** Values that learn. */
  readonly parameters: number;
  /** Values of one image: the outputs of all layers that make new ones, involutions' kernels left out. */
  readonly activations: number;
}

const hidden = 64;

export function footprint(
  model: ModelName,
  [height, width, channels]: ImageShape,
  classes: number,
): Footprint {
  const sides = [1, 2, 4].map((part) => [Math.floor(height / part), Math.floor(width / part)] as const);
  const pixels = sides.map(([h, w]) => h * w) as [number, number, number];
  const { outputs, parameters } = model === 'involution' ? involutions(channels) : convolutions(channels);
  // Each stage, and the ReLU behind it; a pooling gives as many channels to the next stage, at its size.
  const staged = pixels.reduce((sum, count, i) => {
    const pooled = i === 0 ? 0 : count * outputs[i - 1]!;
    return sum + 2 * count * outputs[i]! + pooled;
  }, 0);
  const flat = pixels[2] * outputs[2]!;
  return {
    parameters: parameters + (flat + 1) * hidden + (hidden + 1) * classes,
    activations: staged + hidden + classes,
  };
}

/** Three, of 3×3 pixels and one group, whose generator has half as many hidden values as there are channels. */
function involutions(channels: number): { outputs: number[]; parameters: number } {
  const reduced = Math.floor(channels / 2);
  const batchNorm = 2 * reduced;
  const generator = (channels + 1) * reduced + batchNorm + (reduced + 1) * 9;
  return { outputs: [channels, channels, channels], parameters: 3 * generator };
}

/** Three, of 3×3 pixels. */
function convolutions(channels: number): { outputs: number[]; parameters: number } {
  const outputs = [32, 64, 64];
  const inputs = [channels, ...outputs];
  const parameters = outputs.reduce((sum, count, i) => sum + (9 * inputs[i]! + 1) * count, 0);
  return { outputs, parameters };
}
