/**
 * Which group a channel c of C belongs to, and where a group's K·K weights lie among the generator's outputs:
 * - `interleaved` (the Keras example): group c mod G, generator channel k·G + g;
 * - `contiguous` (the paper's code): group ⌊c / (C/G)⌋, generator channel g·K² + k.
 */
export const groupLayouts = ['interleaved', 'contiguous'] as const;
export type GroupLayout = (typeof groupLayouts)[number];

export interface InvolutionAttributes {
  readonly kernelSize: number;
  readonly strides: number;
  readonly groups: number;
  readonly groupLayout: GroupLayout;
}

/** Every number that the loops of an involution need. */
export interface InvolutionGeometry extends InvolutionAttributes {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  /** Rows and columns of zeros before the image, TensorFlow's 'SAME': the odd one goes after it. */
  readonly padTop: number;
  readonly padLeft: number;
}

/** ⌈size / strides⌉: the number of windows along a side. */
export function outputSize(size: number, strides: number): number {
  return Math.ceil(size / strides);
}

function paddingBefore(size: number, kernelSize: number, strides: number): number {
  return Math.floor(Math.max((outputSize(size, strides) - 1) * strides + kernelSize - size, 0) / 2);
}

/** @param inputShape [B, H, W, C] of the involution's input. */
export function involutionGeometry(
  inputShape: readonly number[],
  { kernelSize, strides, groups, groupLayout }: InvolutionAttributes,
): InvolutionGeometry {
  const [batch, height, width, channels] = inputShape as [number, number, number, number];
  return {
    kernelSize,
    strides,
    groups,
    groupLayout,
    batch,
    height,
    width,
    channels,
    outHeight: outputSize(height, strides),
    outWidth: outputSize(width, strides),
    padTop: paddingBefore(height, kernelSize, strides),
    padLeft: paddingBefore(width, kernelSize, strides),
  };
}

/** The group that channel `channel` of `channels` takes its weights from. */
export function groupOfChannel(
  channel: number,
  channels: number,
  groups: number,
  groupLayout: GroupLayout,
): number {
  return groupLayout === 'interleaved' ? channel % groups : Math.floor(channel / (channels / groups));
}
