// Compiled by library.test.ts against the package's own types.
import { type Tensor, type Tensor4D, zeros } from '@tensorflow/tfjs-core';
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
const outputs = new Involution(args).apply(zeros([1, 2, 2, 4]) as Tensor4D) as Tensor[];
export const maps: Promise<KernelMap[]> = kernelMap(outputs[1]!, 'all');
export const total = (summary: ModelSummary): number => summary.totals.total;
export { wrong };
