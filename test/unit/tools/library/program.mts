// Compiled by library.test.ts against the package's own types.
import { matMul, reshape, type Tensor, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  attentionKernels,
  type GeneratorInput,
  Involution,
  type InvolutionArgs,
  involution,
  type KernelMap,
  kernelMap,
  type ModelSummary,
  type OwnGenerator,
} from 'involution-layer';

const args: InvolutionArgs = { channels: 4, groups: 2, groupLayout: 'contiguous' };
// @ts-expect-error There is no such layout.
const wrong: InvolutionArgs = { groupLayout: 'blocked' };
const attention: GeneratorInput = { kind: 'attention', border: 'clamped' };
// @ts-expect-error There is no such border.
const noBorder: GeneratorInput = { kind: 'attention', border: 'none' };
// @ts-expect-error There is no such kind.
const noKind: InvolutionArgs = { generator: 'convolution' };
const own: OwnGenerator = (x, { kernelSize, groups, weight }) => {
  const [batch, height, width, channels] = x.shape;
  const w = weight('w', [channels, kernelSize ** 2 * groups]) as Tensor2D;
  const h = matMul(reshape(x, [-1, channels]), w);
  return reshape(h, [batch, height, width, kernelSize ** 2, 1, groups]);
};
export const generated = [attention, own].map((generator) => new Involution({ generator }));
export const attended = involution(
  zeros([1, 4, 4, 2]),
  attentionKernels(zeros([1, 4, 4, 2]), zeros([1, 4, 4, 2]), { kernelSize: 3, groups: 2, border: 'zero' }),
);
const [, kernel] = new Involution(args).apply(zeros([1, 2, 2, 4]));
export const maps: Promise<KernelMap[]> = kernelMap(kernel, 'all');
const image = input({ shape: [null, null, 4] });
export const symbolic: [SymbolicTensor, SymbolicTensor] = new Involution(args).apply(image);
// A layer of TF.js does not say whether it gives a tensor or a symbolic one.
export const either: (Tensor | SymbolicTensor)[] = new Involution(args).apply(layers.reLU().apply(image));
export const total = (summary: ModelSummary): number => summary.totals.total;
export { noBorder, noKind, wrong };
