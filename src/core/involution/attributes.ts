import { ArgumentError, oneOf, positiveInteger } from './argumentErrors';
import { type GroupLayout, groupLayouts, type InvolutionAttributes } from './geometry';

/** How the windows of an image lie, and whose channels share a kernel. */
export interface KernelOptions {
  /** K, even or odd. */
  kernelSize: number;
  /** Pixels between windows. Default 1. */
  strides?: number;
  /** Default 1. Must divide the channels. */
  groups?: number;
  /** Default 'interleaved'. */
  groupLayout?: GroupLayout;
}

/** @throws ArgumentError */
export function readAttributes(options: KernelOptions, channels: number): InvolutionAttributes {
  const { kernelSize, strides = 1, groups = 1, groupLayout = 'interleaved' } = options;
  if (channels % positiveInteger('groups', groups) !== 0)
    throw new ArgumentError('groups', groups, `a divisor of the ${channels} channels`);
  return {
    kernelSize: positiveInteger('kernelSize', kernelSize),
    strides: positiveInteger('strides', strides),
    groups,
    groupLayout: oneOf('groupLayout', groupLayout, groupLayouts),
  };
}
