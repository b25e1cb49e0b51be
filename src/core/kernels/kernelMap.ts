import { ArgumentError } from '../involution/argumentErrors';

/** One number a position: what its kernel sums to. */
export interface KernelMap {
  readonly height: number;
  readonly width: number;
  /** height · width values, row by row. */
  readonly values: Float32Array;
  readonly minimum: number;
  readonly maximum: number;
}

/** The layout of one image's kernels: [height, width, K·K, 1, groups]. */
export interface KernelShape {
  readonly height: number;
  readonly width: number;
  readonly kernelSize: number;
  readonly groups: number;
}

/** Σ over the K·K weights of each group, at each position: positions · groups values. */
export function groupSums(
  kernel: Float32Array,
  { kernelSize, groups }: Pick<KernelShape, 'kernelSize' | 'groups'>,
): Float32Array {
  const weights = kernelSize * kernelSize * groups;
  const sums = new Float32Array((kernel.length / weights) * groups);
  for (let i = 0; i < sums.length; i++) {
    const [position, group] = [Math.floor(i / groups), i % groups];
    const start = position * weights;
    let sum = 0;
    for (let k = start + group; k < start + weights; k += groups) sum += kernel[k]!;
    sums[i] = sum;
  }
  return sums;
}

/**
 * The Keras example's picture of a kernel: at each position the sum of its K·K weights, of one group (from 0) or over
 * all of them.
 *
 * @param kernel one image's kernels, flat.
 */
export function kernelMap(
  kernel: Float32Array,
  shape: KernelShape,
  group: number | 'all' = 'all',
): KernelMap {
  const { height, width, kernelSize, groups } = shape;
  if (group !== 'all' && !(Number.isInteger(group) && group >= 0 && group < groups)) {
    throw new ArgumentError('group', group, `'all' or an integer from 0 to ${groups - 1}`);
  }
  const [first, step] = group === 'all' ? [0, 1] : [group, groups];
  const weights = kernelSize * kernelSize * groups;
  const values = new Float32Array(height * width);
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (let position = 0; position < values.length; position++) {
    const start = position * weights;
    let sum = 0;
    for (let k = start + first; k < start + weights; k += step) sum += kernel[k]!;
    values[position] = sum;
    const value = values[position]!;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  return { height, width, values, minimum, maximum };
}
