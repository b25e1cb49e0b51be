import type { ConstantStatistics, StageWords } from '../involution/generators/generator';
import type { Involution } from '../involution/layer';
import type { KernelStatistic } from './statistics';

/** One image's activations: height · width · channels values. */
export interface Activation {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly values: Float32Array;
}

/** An involution of a network, as it comes out for an image: height, width and channels are its output's. */
export interface KernelLayer {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** The side of its kernels. */
  readonly kernelSize: number;
  readonly groups: number;
  readonly strides: number;
  /** The kind of its generator; null of a function of one's own. */
  readonly generator: string | null;
  /** What a picture of its kernels shows unless asked otherwise. */
  readonly statistic: KernelStatistic;
  /** Statistics that are the same for every kernel of its generator, and why. */
  readonly constants: ConstantStatistics;
  /** The stages of its generator in words; none of a function of one's own. */
  readonly stages: Readonly<Record<string, StageWords>>;
  /** Whether kernels are applied to a projection of the input, and the output is one of what they give. */
  readonly projects: { readonly value: boolean; readonly output: boolean };
}

/** What it did with the image. */
export interface TracedLayer extends KernelLayer {
  readonly input: Activation;
  /** height · width · groups values of its own statistic, at each position. */
  readonly values: Float32Array;
}

export function kernelLayer(
  { name, stencilSize: kernelSize, groups, strides, generator }: Involution,
  size: Pick<Activation, 'height' | 'width' | 'channels'>,
): KernelLayer {
  const common = { name, ...size, kernelSize, groups, strides };
  if (typeof generator === 'function')
    return {
      ...common,
      ...{
        generator: null,
        statistic: 'sum',
        constants: {},
        stages: {},
        projects: { value: false, output: false },
      },
    };
  const { kind, options } = generator;
  return {
    ...common,
    generator: kind.kind,
    statistic: kind.statistic(options),
    constants: kind.constants?.(options) ?? {},
    stages: kind.stages,
    projects: {
      value: kind.projections?.value !== undefined,
      output: kind.projections?.output !== undefined,
    },
  };
}
