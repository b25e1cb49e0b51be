import { ArgumentError } from '../involution/argumentErrors';
import type { ConstantStatistics } from '../involution/generators/generator';
import { componentsOf, type KernelLayout, type KernelStatistic, statisticValues } from './statistics';

/** A statistic of the kernels, one number per position. */
export interface KernelMap {
  readonly statistic: KernelStatistic;
  readonly height: number;
  readonly width: number;
  /** height · width values, row by row. */
  readonly values: Float32Array;
  readonly minimum: number;
  readonly maximum: number;
  /**
   * The value that it has everywhere, but for rounding; null where it varies. Stretched from minimum to maximum, a
   * constant would show noise.
   */
  readonly constant: number | null;
  /** Of the offset: down and to the right, position by position. */
  readonly arrows?: Float32Array;
}

/** The layout of one image's kernels: [height, width, K·K, 1, groups]. */
export interface KernelShape extends KernelLayout {
  readonly height: number;
  readonly width: number;
  /** Statistics that are the same everywhere, but for rounding, by what the generator is. */
  readonly constants?: ConstantStatistics;
}

/**
 * The map of one group (from 0), or of all: their total for the sum, as in the Keras example, else their mean.
 * @param values what `statisticValues` gives for height · width positions.
 */
export function statisticMap(
  values: Float32Array,
  { height, width, groups, constants }: Omit<KernelShape, 'kernelSize'>,
  statistic: KernelStatistic,
  group: number | 'all' = 'all',
): KernelMap {
  if (group !== 'all' && !(Number.isInteger(group) && group >= 0 && group < groups))
    throw new ArgumentError('group', group, ["'all' or an integer from 0 to {0}", groups - 1]);
  const components = componentsOf(statistic);
  const [first, end] = group === 'all' ? [0, groups] : [group, group + 1];
  const share = statistic === 'sum' ? 1 : 1 / (end - first);
  const combined = new Float32Array(height * width * components);
  for (let position = 0; position < height * width; position++)
    for (let component = 0; component < components; component++) {
      let sum = 0;
      for (let g = first; g < end; g++) sum += values[(position * groups + g) * components + component]!;
      combined[position * components + component] = share * sum;
    }
  const shown = components === 1 ? combined : lengths(combined);
  return {
    ...{
      statistic,
      height,
      width,
      values: shown,
      ...range(shown, constants?.[statistic] ? expected : unexpected),
    },
    ...(components === 2 && { arrows: combined }),
  };
}

/**
 * The map of one image's kernels, flat: by default the Keras example's picture, at each position the sum of its K·K
 * weights.
 */
export function kernelMap(
  kernels: Float32Array,
  shape: KernelShape,
  group: number | 'all' = 'all',
  statistic: KernelStatistic = 'sum',
): KernelMap {
  return statisticMap(statisticValues(kernels, shape, statistic), shape, statistic, group);
}

/**
 * What `b` has beyond `a`, position by position: a number, or of arrows the arrow from the one's tip to the other's, and
 * how long it is. Null where they are not of one size, or show different things.
 */
export function differenceMap(a: KernelMap, b: KernelMap): KernelMap | null {
  const { statistic, height, width } = a;
  if (b.statistic !== statistic || b.height !== height || b.width !== width) return null;
  const less = (those: Float32Array, these: Float32Array) => those.map((value, i) => value - these[i]!);
  const arrows = a.arrows && b.arrows && less(b.arrows, a.arrows);
  const values = arrows ? lengths(arrows) : less(b.values, a.values);
  return { statistic, height, width, values, ...range(values, unexpected), ...(arrows && { arrows }) };
}

/** What is not a number is left out. */
function range(
  values: Float32Array,
  rounding: Rounding,
): Pick<KernelMap, 'minimum' | 'maximum' | 'constant'> {
  let [minimum, maximum, areNumbers] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true];
  for (const value of values) {
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    areNumbers &&= !Number.isNaN(value);
  }
  return { minimum, maximum, constant: areNumbers ? constantOf(minimum, maximum, rounding) : null };
}

/** By how much of their size values may differ that should be the same, and how many digits of them count then. */
interface Rounding {
  readonly share: number;
  readonly digits: number;
}
/** Sums of some dozens of float32 weights near 1 differ by a few millionths, whatever they should be. */
const unexpected: Rounding = { share: 1e-5, digits: 5 };
/** Kernels that come from large logits have fewer digits. */
const expected: Rounding = { share: 1e-3, digits: 3 };

function constantOf(minimum: number, maximum: number, { share, digits }: Rounding): number | null {
  const size = Math.max(Math.abs(minimum), Math.abs(maximum), 0.1);
  if (!(maximum - minimum <= share * size)) return null;
  const value = (minimum + maximum) / 2;
  return Math.abs(value) < 0.1 * share ? 0 : Number(value.toPrecision(digits));
}

function lengths(arrows: Float32Array): Float32Array {
  return Float32Array.from({ length: arrows.length / 2 }, (_, i) =>
    Math.hypot(arrows[2 * i]!, arrows[2 * i + 1]!),
  );
}
