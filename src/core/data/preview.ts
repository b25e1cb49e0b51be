import {
  type Figure,
  figureOf,
  gap,
  margin,
  placed,
  shortened,
  type Tile,
  text,
  titleHeight,
} from '../figure';
import { WordedError } from '../wordedError';
import type { Dataset, ImageShape, Split } from './dataset';

/** How many images of each class there are. */
export function classCounts({ labels }: Split, classes: readonly string[]): number[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (const label of labels) counts[label]!++;
  return counts;
}

/** An image of a split as RGBA. */
export function tileOf(
  { images, count }: Pick<Split, 'images' | 'count'>,
  [height, width, channels]: ImageShape,
  index: number,
): Tile & { readonly rgba: Uint8Array } {
  if (!(index >= 0 && index < count))
    throw new WordedError(['There is no image {0}: there are {1}, from 0.', index, count]);
  const pixels = width * height;
  const first = index * pixels * channels;
  const rgba = new Uint8Array(4 * pixels).fill(255);
  for (let pixel = 0; pixel < pixels; pixel++)
    for (let channel = 0; channel < 3; channel++)
      rgba[4 * pixel + channel] = images[first + channels * pixel + Math.min(channel, channels - 1)]!;
  return { width, height, rgba };
}

const side = 5;

/**
 * The example's 5 × 5 look at the data: the first training images where the classes are mixed, as in CIFAR-10; of
 * images that lie class by class, 25 at equal distances, so that every class is seen.
 */
export function previewIndices({ labels, count }: Split): number[] {
  const shown = Math.min(side * side, count);
  const ordered = labels.every((label, i) => i === 0 || labels[i - 1]! <= label);
  return Array.from({ length: shown }, (_, i) => (ordered ? Math.floor((i * count) / shown) : i));
}

const tileSize = 128;
const captionHeight = 22;

/** The preview as a picture, each image with its class. */
export function dataFigure({ name, classes, imageShape, train }: Dataset): Figure {
  const indices = previewIndices(train);
  const left = (place: number) => margin + (place % side) * (tileSize + gap);
  const top = (place: number) =>
    titleHeight + Math.floor(place / side) * (tileSize + captionHeight + gap / 2);
  return figureOf({
    width: left(side - 1) + tileSize + margin,
    height: top(indices.length - 1) + tileSize + captionHeight + margin / 2,
    title: name,
    tiles: indices.map((index, place) =>
      placed(tileOf(train, imageShape, index), left(place), top(place), tileSize),
    ),
    marks: indices.map((index, place) =>
      text(
        shortened(classes[train.labels[index]!]!, tileSize),
        left(place) + tileSize / 2,
        top(place) + tileSize + 16,
        'caption',
      ),
    ),
  });
}
