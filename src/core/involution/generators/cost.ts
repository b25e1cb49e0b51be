import type { ChosenGenerator } from './chosenGenerator';
import type { LayerSetting, WeightSpec } from './generator';

/** All the weights of an involution, in its order: its generator's, then those of its projections. */
export function weightSpecs({ kind, options }: ChosenGenerator, setting: LayerSetting): WeightSpec[] {
  const { channels } = setting;
  const projections = Object.entries(kind.projections ?? {}).flatMap(([name, { useBias }]): WeightSpec[] => [
    { name: `${name}_kernel`, shape: [1, 1, channels, channels], initializer: 'glorot' },
    ...(useBias
      ? [{ name: `${name}_bias`, shape: [channels], initializer: 'zeros' } satisfies WeightSpec]
      : []),
  ]);
  return [...kind.weights(setting, options), ...projections];
}

/** The side of its kernels. */
export function stencilSize({ kind, options }: ChosenGenerator, kernelSize: number): number {
  return kind.stencilSize?.(kernelSize, options) ?? kernelSize;
}

/** Values that learn, and moving statistics. */
export function parameterCounts(
  generator: ChosenGenerator,
  setting: LayerSetting,
): { trainable: number; statistics: number } {
  const counts = { trainable: 0, statistics: 0 };
  for (const { shape, trainable = true } of weightSpecs(generator, setting))
    counts[trainable ? 'trainable' : 'statistics'] += shape.reduce((size, side) => size * side, 1);
  return counts;
}

/**
 * Multiply–accumulates per image: generation, projections, and each of the kernel's weights on every channel.
 * @param pixels how many positions the input and the output have.
 */
export function involutionMacs(
  { kind, options }: ChosenGenerator,
  setting: LayerSetting,
  pixels: { readonly input: number; readonly output: number },
): number {
  const { channels, kernelSize } = setting;
  const { perInput, perOutput } = kind.macs(setting, options);
  const { value, output } = kind.projections ?? {};
  const square = channels ** 2;
  const applied = stencilSize({ kind, options }, kernelSize) ** 2 * channels;
  return (
    pixels.input * (perInput + (value ? square : 0)) +
    pixels.output * (perOutput + applied + (output ? square : 0))
  );
}
