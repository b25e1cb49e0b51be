// Compiled by library.test.ts against the package's own types.
import { type Tensor, zeros } from '@tensorflow/tfjs-core';
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  Involution,
  type InvolutionArgs,
  type KernelMap,
  kernelMap,
  type ModelSummary,
} from 'involution-lab';

const args: InvolutionArgs = { channels: 4, groups: 2, groupLayout: 'contiguous' };
// @ts-expect-error There is no such layout.
const wrong: InvolutionArgs = { groupLayout: 'blocked' };
const [, kernel] = new Involution(args).apply(zeros([1, 2, 2, 4]));
export const maps: Promise<KernelMap[]> = kernelMap(kernel, 'all');
const image = input({ shape: [null, null, 4] });
export const symbolic: [SymbolicTensor, SymbolicTensor] = new Involution(args).apply(image);
// A layer of TF.js does not say whether it gives a tensor or a symbolic one.
export const either: (Tensor | SymbolicTensor)[] = new Involution(args).apply(layers.reLU().apply(image));
export const total = (summary: ModelSummary): number => summary.totals.total;
export { wrong };
