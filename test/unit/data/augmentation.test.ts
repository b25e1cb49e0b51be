import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertCropFits, drawMoves } from '../../../src/core/data/augmentation';
import { UsageError } from '../../../src/core/usageError';

const places = (count: number) => Uint32Array.from({ length: count }, (_, i) => i);
/** The n-th of each image's three numbers. */
const column = (moves: Int16Array, n: number) => Array.from(moves).filter((_, i) => i % 3 === n);

describe('the moves of an epoch’s images', () => {
  it('are none where nothing is asked for', () => {
    expect(drawMoves({ flip: false, crop: null }, 1, 1, places(10))).toBeNull();
  });

  it('depend on seed, epoch and place, whichever other images there are', () => {
    const integer = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    const someplaces = fc.uniqueArray(integer, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(integer, fc.integer({ min: 1, max: 10_000 }), someplaces, (seed, epoch, some) => {
        const together = drawMoves({ flip: true, crop: 4 }, seed, epoch, Uint32Array.from(some))!;
        for (const [i, place] of some.entries())
          expect(together.slice(3 * i, 3 * i + 3)).toEqual(
            drawMoves({ flip: true, crop: 4 }, seed, epoch, Uint32Array.of(place)),
          );
      }),
    );
    const of = (seed: number, epoch: number) => drawMoves({ flip: true, crop: 4 }, seed, epoch, places(50));
    expect(of(1, 1)).toEqual(of(1, 1));
    expect(of(1, 1)).not.toEqual(of(2, 1));
    expect(of(1, 1)).not.toEqual(of(1, 2));
  });

  it('flip about half of them', () => {
    const flipped = column(drawMoves({ flip: true, crop: null }, 42, 1, places(10_000))!, 0);
    expect(new Set(flipped)).toEqual(new Set([0, 1]));
    const count = flipped.reduce((sum, value) => sum + value, 0);
    // Four standard deviations of 10 000 fair coins.
    expect(Math.abs(count - 5000)).toBeLessThan(200);
  });

  it('crop from every offset within the padding alike, and from none beyond', () => {
    const moves = drawMoves({ flip: false, crop: 4 }, 42, 1, places(9000))!;
    expect(column(moves, 0).every((flipped) => flipped === 0)).toBe(true);
    for (const n of [1, 2]) {
      const offsets = column(moves, n);
      for (let offset = -4; offset <= 4; offset++) {
        const count = offsets.filter((each) => each === offset).length;
        expect(Math.abs(count - 1000), `${offset} in direction ${n}`).toBeLessThan(130);
      }
      expect(offsets.every((offset) => Math.abs(offset) <= 4)).toBe(true);
    }
  });

  it('flip the same images whether they are cropped or not, and the other way round', () => {
    const both = drawMoves({ flip: true, crop: 4 }, 7, 3, places(100))!;
    expect(column(drawMoves({ flip: true, crop: null }, 7, 3, places(100))!, 0)).toEqual(column(both, 0));
    expect(column(drawMoves({ flip: false, crop: 4 }, 7, 3, places(100))!, 1)).toEqual(column(both, 1));
  });
});

describe('a crop', () => {
  it('that may leave nothing of an image is refused', () => {
    assertCropFits({ flip: true, crop: null }, [8, 8, 3]);
    assertCropFits({ flip: true, crop: 7 }, [8, 9, 3]);
    expect(() => assertCropFits({ flip: true, crop: 8 }, [9, 8, 3])).toThrow(UsageError);
    expect(() => assertCropFits({ flip: true, crop: 40 }, [32, 32, 3])).toThrow(
      'A crop of 40 pixels may leave nothing of images of 32×32. Crop less than 32; 4 is usual.',
    );
  });
});
