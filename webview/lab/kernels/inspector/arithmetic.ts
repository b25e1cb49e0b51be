import type { KernelDetail } from '../../../../src/core/kernels/kernelDetail';

/** The sum that gives one channel of one output pixel: kernel[k] · neighbourhood[k] over the K·K taps. */
export interface Arithmetic {
  readonly group: number;
  readonly kernel: number[];
  readonly neighbourhood: number[];
  readonly products: number[];
  readonly sum: number;
  /** The sum as the engine computed it. */
  readonly computed: number;
  /** What the layer gives for the same channel: another number where it projects the sums. */
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
  const [computed, output] = [detail.sums[channel]!, detail.output[channel]!];
  return { group, kernel, neighbourhood, products, sum, computed, output };
}
