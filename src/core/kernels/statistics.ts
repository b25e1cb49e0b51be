import { ArgumentError } from '../involution/argumentErrors';
import type { KernelMap, KernelShape } from './kernelMap';

/**
 * What a picture can show of kernels, one number (or arrow) per position. Which of them tells something depends on the
 * generator: a softmax always sums to 1.
 */
export const kernelStatistics = {
  sum: {
    title: 'Sum',
    description: 'Σ of the weights: whether the kernel brightens or darkens. Over all groups: their total.',
  },
  entropy: {
    title: 'Entropy',
    description:
      'In bits, of the weights’ sizes as shares of their total: 0 when one tap has all, log₂ K² when all are alike.',
  },
  centre: { title: 'Centre weight', description: 'The weight of the position’s own pixel.' },
  offset: {
    title: 'Expected offset',
    description: 'Σ weight · offset: where the kernel looks, an arrow in pixels. As a map: its length.',
  },
  deviation: { title: 'Deviation', description: 'The standard deviation of the weights.' },
  norm: { title: 'Norm', description: 'The root of Σ weight²: the kernel’s strength, whatever its signs.' },
} as const;
export type KernelStatistic = keyof typeof kernelStatistics;

/** How many numbers a position and group has of it: an arrow has two, down and to the right. */
export const componentsOf = (statistic: KernelStatistic): number => (statistic === 'offset' ? 2 : 1);

/** A statistic at each position. */
export interface StatisticMap extends KernelMap {
  /** The same everywhere, but for rounding: a picture that is stretched from minimum to maximum would show noise. */
  readonly constant: boolean;
  /** Of the offset: down and to the right, position by position. */
  readonly arrows?: Float32Array;
}

/**
 * A statistic of each position and group: positions · G values, or, of the offset, twice as many.
 *
 * @param kernels positions · S·S · G values, S the stencil's size.
 */
export function statisticValues(
  kernels: Float32Array,
  { kernelSize, groups }: Pick<KernelShape, 'kernelSize' | 'groups'>,
  statistic: KernelStatistic,
): Float32Array {
  const taps = kernelSize ** 2;
  const components = componentsOf(statistic);
  const measure = measures[statistic];
  const positions = kernels.length / (taps * groups);
  const values = new Float32Array(positions * groups * components);
  const weights = new Float64Array(taps);
  for (let position = 0; position < positions; position++)
    for (let group = 0; group < groups; group++) {
      for (let tap = 0; tap < taps; tap++) weights[tap] = kernels[(position * taps + tap) * groups + group]!;
      values.set(measure(weights, kernelSize), (position * groups + group) * components);
    }
  return values;
}

/**
 * The map of one group (from 0), or of all: their total for the sum, as in the Keras example, else their mean.
 * @param values what `statisticValues` gives for height · width positions.
 */
export function statisticMap(
  values: Float32Array,
  { height, width, groups }: Pick<KernelShape, 'height' | 'width' | 'groups'>,
  statistic: KernelStatistic,
  group: number | 'all' = 'all',
): StatisticMap {
  if (group !== 'all' && !(Number.isInteger(group) && group >= 0 && group < groups))
    throw new ArgumentError('group', group, `'all' or an integer from 0 to ${groups - 1}`);
  const components = componentsOf(statistic);
  const chosen = group === 'all' ? Array.from({ length: groups }, (_, g) => g) : [group];
  const share = statistic === 'sum' ? 1 : 1 / chosen.length;
  const combined = new Float32Array(height * width * components).map((_, index) => {
    const [position, component] = [Math.floor(index / components), index % components];
    const total = chosen.reduce(
      (sum, g) => sum + values[(position * groups + g) * components + component]!,
      0,
    );
    return share * total;
  });
  const shown = components === 1 ? combined : lengths(combined);
  const minimum = shown.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const maximum = shown.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return {
    ...{ height, width, values: shown, minimum, maximum },
    constant: isConstant(minimum, maximum),
    ...(components === 2 && { arrows: combined }),
  };
}

/** Sums of some dozens of float32 weights near 1 differ by a few millionths, whatever they should be. */
function isConstant(minimum: number, maximum: number): boolean {
  return maximum - minimum <= 1e-5 * Math.max(Math.abs(minimum), Math.abs(maximum), 0.1);
}

function lengths(arrows: Float32Array): Float32Array {
  return Float32Array.from({ length: arrows.length / 2 }, (_, i) =>
    Math.hypot(arrows[2 * i]!, arrows[2 * i + 1]!),
  );
}

/** Of the weights of one kernel, row by row. */
const measures: Record<KernelStatistic, (weights: Float64Array, kernelSize: number) => number[]> = {
  sum: (weights) => [total(weights)],
  entropy: (weights) => {
    const sizes = weights.map(Math.abs);
    const all = total(sizes);
    if (all === 0) return [0];
    return [
      sizes.reduce((bits, size) => (size === 0 ? bits : bits - (size / all) * Math.log2(size / all)), 0),
    ];
  },
  centre: (weights, kernelSize) => [weights[centreOf(kernelSize) * (kernelSize + 1)]!],
  offset: (weights, kernelSize) => {
    const centre = centreOf(kernelSize);
    return [
      weights.reduce((sum, weight, tap) => sum + weight * (Math.floor(tap / kernelSize) - centre), 0),
      weights.reduce((sum, weight, tap) => sum + weight * ((tap % kernelSize) - centre), 0),
    ];
  },
  deviation: (weights) => {
    const mean = total(weights) / weights.length;
    return [Math.sqrt(weights.reduce((sum, weight) => sum + (weight - mean) ** 2, 0) / weights.length)];
  },
  norm: (weights) => [Math.sqrt(weights.reduce((sum, weight) => sum + weight ** 2, 0))],
};

const total = (weights: Float64Array) => weights.reduce((sum, weight) => sum + weight, 0);

/** The row, and column, of the position's own pixel; an even window has one more after it. */
const centreOf = (kernelSize: number) => Math.floor((kernelSize - 1) / 2);
