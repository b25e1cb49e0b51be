import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../src/core/data/dataset';
import { classCounts, dataFigure, previewIndices, tileOf } from '../../../src/core/data/preview';

/** Images of one pixel: image i is (i, 2i, 3i), its class i mod 3. */
const split = (count: number) => ({
  images: Uint8Array.from({ length: 3 * count }, (_, at) => Math.floor(at / 3) * ((at % 3) + 1)),
  labels: Uint8Array.from({ length: count }, (_, i) => i % 3),
  count,
});
const dataset = (count: number): Dataset => ({
  name: 'threes',
  classes: ['ant', 'bee', 'cat', 'dog'],
  imageShape: [1, 1, 3],
  train: split(count),
  validation: split(4),
  fingerprint: '',
  source: '',
  skipped: [],
});

describe('a look at a data set', () => {
  it('counts the images of each class, also of one that has none', () => {
    expect(classCounts(split(8), dataset(8).classes)).toEqual([3, 3, 2, 0]);
  });

  it('gives an image as RGBA, grey ones too', () => {
    expect(tileOf(split(8), [1, 1, 3], 5)).toEqual({
      width: 1,
      height: 1,
      rgba: Uint8Array.of(5, 10, 15, 255),
    });
    const grey = { images: Uint8Array.of(7, 9), labels: Uint8Array.of(0, 0), count: 2 };
    expect(tileOf(grey, [1, 1, 1], 1).rgba).toEqual(Uint8Array.of(9, 9, 9, 255));
    expect(() => tileOf(grey, [1, 1, 1], 2)).toThrow('There is no image 2: there are 2, from 0.');
  });

  it('passes through the classes where the images lie class by class', () => {
    const labels = Uint8Array.from({ length: 100 }, (_, i) => Math.floor(i / 25));
    const indices = previewIndices({ images: new Uint8Array(300), labels, count: 100 });
    expect(indices).toEqual(Array.from({ length: 25 }, (_, i) => 4 * i));
    expect(new Set(indices.map((index) => labels[index]))).toEqual(new Set([0, 1, 2, 3]));
  });

  it('shows the first 25 training images, five a row, with their classes', () => {
    const figure = dataFigure(dataset(40));
    expect(figure.tiles).toHaveLength(25);
    expect(figure.tiles[7]).toMatchObject({ left: 24 + 2 * 148, top: 44 + 160, width: 128, height: 128 });
    expect([...figure.tiles[7]!.tile.rgba]).toEqual([7, 14, 21, 255]);
    expect(figure.svg.match(/>bee</g)).toHaveLength(8);
    expect(dataFigure(dataset(3)).tiles).toHaveLength(3);
  });
});
