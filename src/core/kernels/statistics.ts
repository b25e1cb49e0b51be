/**
 * What a picture can show of kernels, one number (or arrow) per position. Which of them tells something depends on the
 * generator: a softmax always sums to 1. Titles are said in a sentence: "kernel sum".
 */
export const kernelStatistics = {
  sum: {
    title: 'sum',
    description: 'Σ of the weights: whether the kernel brightens or darkens. Over all groups: their total.',
  },
  entropy: {
    title: 'entropy',
    description:
      'In bits, of the weights’ sizes as shares of their total: 0 when one tap has all, log₂ K² when all are alike.',
  },
  centre: { title: 'centre weight', description: 'The weight of the position’s own pixel.' },
  offset: {
    title: 'expected offset',
    description: 'Σ weight · offset: where the kernel looks, an arrow in pixels. As a map: its length.',
  },
  deviation: { title: 'deviation', description: 'The standard deviation of the weights.' },
  norm: { title: 'norm', description: 'The root of Σ weight²: the kernel’s strength, whatever its signs.' },
} as const;
export type KernelStatistic = keyof typeof kernelStatistics;
export const statisticNames = Object.keys(kernelStatistics) as [KernelStatistic, ...KernelStatistic[]];

/** The layout of kernels: K·K weights of each group, tap by tap. */
export interface KernelLayout {
  readonly kernelSize: number;
  readonly groups: number;
}

/** How many numbers a position and group has of it: an arrow has two, down and to the right. */
export const componentsOf = (statistic: KernelStatistic): number => measures[statistic].length;

/**
 * A statistic of each position and group: positions · G values, or, of the offset, twice as many.
 *
 * @param kernels positions · S·S · G values, S the stencil's size.
 */
export function statisticValues(
  kernels: Float32Array,
  { kernelSize, groups }: KernelLayout,
  statistic: KernelStatistic,
): Float32Array {
  const taps = kernelSize ** 2;
  const components = measures[statistic];
  const values = new Float32Array((kernels.length / taps) * components.length);
  const weights = new Float64Array(taps);
  let next = 0;
  for (let start = 0; start < kernels.length; start += taps * groups)
    for (let group = 0; group < groups; group++) {
      for (let tap = 0; tap < taps; tap++) weights[tap] = kernels[start + tap * groups + group]!;
      for (const measure of components) values[next++] = measure(weights, kernelSize);
    }
  return values;
}

/** A number of the weights of one kernel, row by row. */
type Measure = (weights: Float64Array, kernelSize: number) => number;

/** Of each statistic, its components. */
const measures: Record<KernelStatistic, readonly Measure[]> = {
  sum: [total],
  entropy: [entropy],
  centre: [(weights, kernelSize) => weights[centreOf(kernelSize) * (kernelSize + 1)]!],
  offset: [
    (weights, kernelSize) => moment(weights, (tap) => Math.floor(tap / kernelSize) - centreOf(kernelSize)),
    (weights, kernelSize) => moment(weights, (tap) => (tap % kernelSize) - centreOf(kernelSize)),
  ],
  deviation: [
    (weights) => {
      const mean = total(weights) / weights.length;
      return Math.sqrt(weights.reduce((sum, weight) => sum + (weight - mean) ** 2, 0) / weights.length);
    },
  ],
  norm: [(weights) => Math.sqrt(weights.reduce((sum, weight) => sum + weight ** 2, 0))],
};

// Loops: a large picture has millions of kernels.

function total(weights: Float64Array): number {
  let sum = 0;
  for (let tap = 0; tap < weights.length; tap++) sum += weights[tap]!;
  return sum;
}

function entropy(weights: Float64Array): number {
  let all = 0;
  for (let tap = 0; tap < weights.length; tap++) all += Math.abs(weights[tap]!);
  if (all === 0) return 0;
  let bits = 0;
  for (let tap = 0; tap < weights.length; tap++) {
    const share = Math.abs(weights[tap]!) / all;
    if (share !== 0) bits -= share * Math.log2(share);
  }
  return bits;
}

const moment = (weights: Float64Array, distance: (tap: number) => number) =>
  weights.reduce((sum, weight, tap) => sum + weight * distance(tap), 0);

/** The row, and column, of the position's own pixel; an even window has one more after it. */
const centreOf = (kernelSize: number) => Math.floor((kernelSize - 1) / 2);
