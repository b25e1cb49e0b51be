/**
 * What a window has that reaches beyond the image:
 * - `zero`: pixels of zeros, as the Keras example has them. Inside a softmax such a key scores 0, not −∞: it takes its
 *   share of the probability mass, and adds nothing to the output;
 * - `masked`: only its taps inside the image; the others get weight 0;
 * - `clamped`: it is pushed inside, and so has K·K pixels everywhere (in an image that is smaller than K, all there are).
 */
export const borders = ['zero', 'masked', 'clamped'] as const;
export type Border = (typeof borders)[number];

/**
 * A clamped window reaches up to K − 1 pixels to either side of its position: as a centred kernel that is one of
 * 2K − 1, its other taps 0.
 */
export function stencilOf(border: Border, kernelSize: number): number {
  return border === 'clamped' ? 2 * kernelSize - 1 : kernelSize;
}
