import { Random } from '../random';
import type { AugmentationSpec } from '../runs/hyperParameters';
import { UsageError } from '../usageError';
import type { ImageShape } from './dataset';

const augmentationStream = 21;

/** How the images of a batch are moved: three numbers per image, [flipped (0 or 1), rows down, columns to the right]. */
export type Moves = Int16Array;

/**
 * The moves of some images of an epoch (from 1), by their places in the data set. A pure function of seed, epoch and
 * place, so that a resumed epoch goes on as it would have. A crop of p pixels draws each offset from −p … p: the window
 * on an image padded by p on each side. Null where nothing is to be moved.
 */
export function drawMoves(
  { flip, crop }: AugmentationSpec,
  seed: number,
  epoch: number,
  places: Uint32Array,
): Moves | null {
  if (!flip && crop === null) return null;
  const padding = crop ?? 0;
  const moves = new Int16Array(3 * places.length);
  for (const [i, place] of places.entries()) {
    const random = new Random(seed, augmentationStream, epoch, place);
    // All are drawn whether or not they are used: to add the one does not change the other.
    const isFlipped = random.below(2);
    const down = random.below(2 * padding + 1) - padding;
    const right = random.below(2 * padding + 1) - padding;
    moves.set([flip ? isFlipped : 0, down, right], 3 * i);
  }
  return moves;
}

/** @throws UsageError where the padding is such that nothing of an image might be left */
export function assertCropFits({ crop }: AugmentationSpec, [height, width]: ImageShape): void {
  const side = Math.min(height, width);
  if (crop === null || crop < side) return;
  throw new UsageError([
    'A crop of {0} pixels may leave nothing of images of {1}×{2}. Crop less than {3}; {4} is usual.',
    ...[crop, height, width, side, Math.max(1, Math.round(side / 8))],
  ]);
}
