import type { KernelDetail } from '../../../src/core/kernels/trace';

/** The sum that gives one channel of one output pixel: kernel[k] · neighbourhood[k] over the K·K taps. */
export interface Arithmetic {
  readonly group: number;
  readonly kernel: number[];
  readonly neighbourhood: number[];
  readonly products: number[];
  readonly sum: number;
  /** What the engine computed for the same channel. */
  readonly output: number;
}

export function arithmeticOf(detail: KernelDetail, channel: number, groups: number): Arithmetic {
  const channels = detail.output.length;
  const group = detail.groupOf[channel]!;
  const taps = detail.kernel.length / groups;
  const kernel = Array.from({ length: taps }, (_, k) => detail.kernel[k * groups + group]!);
  const neighbourhood = Array.from({ length: taps }, (_, k) => detail.neighbourhood[k * channels + channel]!);
  const products = kernel.map((weight, k) => weight * neighbourhood[k]!);
  const sum = products.reduce((total, product) => total + product, 0);
  return { group, kernel, neighbourhood, products, sum, output: detail.output[channel]! };
}
