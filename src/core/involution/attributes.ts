import { ArgumentError, oneOf, positiveInteger } from './argumentErrors';
import {
  type GroupLayout,
  groupLayouts,
  type InvolutionAttributes,
  type InvolutionPadding,
  paddings,
} from './geometry';

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
  /** Default 'same'. */
  padding?: InvolutionPadding;
}

/** @throws ArgumentError */
export function readAttributes(options: KernelOptions, channels: number): InvolutionAttributes {
  const { kernelSize, strides = 1, groups = 1, groupLayout = 'interleaved', padding } = options;
  if (channels % positiveInteger('groups', groups) !== 0)
    throw new ArgumentError('groups', groups, ['a divisor of the {0} channels', channels]);
  return {
    kernelSize: positiveInteger('kernelSize', kernelSize),
    strides: positiveInteger('strides', strides),
    groups,
    groupLayout: oneOf('groupLayout', groupLayout, groupLayouts),
    padding: readPadding(padding, kernelSize),
  };
}

/** @throws ArgumentError */
export function readPadding(padding: InvolutionPadding = 'same', kernelSize: number): InvolutionPadding {
  if (oneOf('padding', padding, paddings) === 'symmetric' && kernelSize % 2 === 0)
    throw new ArgumentError('kernelSize', kernelSize, ["odd with padding 'symmetric'"]);
  return padding;
}
