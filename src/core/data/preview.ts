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
    throw new RangeError(`There is no image ${index}: there are ${count}, from 0.`);
  const pixels = width * height;
  const first = index * pixels * channels;
  const rgba = new Uint8Array(4 * pixels).fill(255);
  for (let pixel = 0; pixel < pixels; pixel++)
    for (let channel = 0; channel < 3; channel++)
      rgba[4 * pixel + channel] = images[first + channels * pixel + Math.min(channel, channels - 1)]!;
  return { width, height, rgba };
}

const side = 5;
const tileSize = 128;
const captionHeight = 22;

/** The Keras example's look at the data: the first 25 training images, each with its class. */
export function dataFigure({ name, classes, imageShape, train }: Dataset): Figure {
  const indices = Array.from({ length: Math.min(side * side, train.count) }, (_, i) => i);
  const left = (index: number) => margin + (index % side) * (tileSize + gap);
  const top = (index: number) =>
    titleHeight + Math.floor(index / side) * (tileSize + captionHeight + gap / 2);
  return figureOf({
    width: left(side - 1) + tileSize + margin,
    height: top(indices.length - 1) + tileSize + captionHeight + margin / 2,
    title: name,
    tiles: indices.map((i) => placed(tileOf(train, imageShape, i), left(i), top(i), tileSize)),
    marks: indices.map((i) =>
      text(
        shortened(classes[train.labels[i]!]!, tileSize),
        left(i) + tileSize / 2,
        top(i) + tileSize + 16,
        'caption',
      ),
    ),
  });
}
