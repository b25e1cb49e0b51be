/**
 * Which group a channel c of C belongs to, and where a group's K·K weights lie among the generator's outputs:
 * - `interleaved` (the Keras example): group c mod G, generator channel k·G + g;
 * - `contiguous` (the paper's code): group ⌊c / (C/G)⌋, generator channel g·K² + k.
 */
export const groupLayouts = ['interleaved', 'contiguous'] as const;
export type GroupLayout = (typeof groupLayouts)[number];

/**
 * Where the windows of an image lie, which has zeros around it. There are ⌈size / strides⌉ along a side either way.
 * - `same` (the Keras example, TensorFlow): as much is added as the windows need, the odd pixel after the image;
 * - `symmetric` (the paper's code, PyTorch): (K − 1) / 2 on both sides, K odd. With strides above 1 the windows of an
 *   image of even size lie one pixel before those of `same` (K ≥ 3, strides 2).
 */
export const paddings = ['same', 'symmetric'] as const;
export type InvolutionPadding = (typeof paddings)[number];

export interface InvolutionAttributes {
  readonly kernelSize: number;
  readonly strides: number;
  readonly groups: number;
  readonly groupLayout: GroupLayout;
  readonly padding: InvolutionPadding;
}

/** Every number that the loops of an involution need. */
export interface InvolutionGeometry extends InvolutionAttributes {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  /** Rows and columns of zeros before the image. */
  readonly padTop: number;
  readonly padLeft: number;
}

/** ⌈size / strides⌉: the number of windows along a side. */
export function outputSize(size: number, strides: number): number {
  return Math.ceil(size / strides);
}

type Windows = Pick<InvolutionAttributes, 'kernelSize' | 'strides' | 'padding'>;

function paddingBefore(size: number, { kernelSize, strides, padding }: Windows): number {
  if (padding === 'symmetric') return (kernelSize - 1) / 2;
  return Math.floor(Math.max((outputSize(size, strides) - 1) * strides + kernelSize - size, 0) / 2);
}

/** @param inputShape [B, H, W, C] of the involution's input. */
export function involutionGeometry(
  inputShape: readonly number[],
  attributes: InvolutionAttributes,
): InvolutionGeometry {
  const { kernelSize, strides, groups, groupLayout, padding } = attributes;
  const [batch, height, width, channels] = inputShape as [number, number, number, number];
  return {
    kernelSize,
    strides,
    groups,
    groupLayout,
    padding,
    batch,
    height,
    width,
    channels,
    outHeight: outputSize(height, strides),
    outWidth: outputSize(width, strides),
    padTop: paddingBefore(height, attributes),
    padLeft: paddingBefore(width, attributes),
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
