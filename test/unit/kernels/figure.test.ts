import { interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { colorTable } from '../../../src/core/kernels/colormap';
import { kernelFigure } from '../../../src/core/kernels/figure';
import { census, paint, roundLimit, scaleOf } from '../../../src/core/kernels/heatmap';
import { kernelMap } from '../../../src/core/kernels/kernelMap';
import { canDrawText, figurePng } from '../../../src/node/images/figurePng';
import { referenceTable } from '../../golden/colorTables';

const color = (name: 'viridis' | 'diverging', index: number) => [
  ...colorTable(name).subarray(3 * index, 3 * index + 3),
];

describe('colour maps', () => {
  it("are viridis, and red above blue with zero's white in between", () => {
    for (const name of ['viridis', 'diverging'] as const)
      expect(colorTable(name), name).toEqual(referenceTable(name));
    expect(color('viridis', 0)).toEqual([0x44, 0x01, 0x54]);
    expect(interpolateViridis(1)).toBe('#fde725');
    expect(color('viridis', 255)).toEqual([0xfd, 0xe7, 0x25]);
    const [r, g, b] = color('diverging', 255);
    expect(interpolateRdBu(0)).toBe(`rgb(${r}, ${g}, ${b})`);
    expect(Math.min(...color('diverging', 127))).toBeGreaterThan(235);
    const [blue, red] = [color('diverging', 20), color('diverging', 235)];
    expect(blue[2]! - blue[0]!).toBeGreaterThan(60);
    expect(red[0]! - red[2]!).toBeGreaterThan(60);
  });
});

describe('a heatmap', () => {
  const values = Float32Array.of(-2, 0, 1, 4, Number.NaN, Number.POSITIVE_INFINITY);

  it('knows its finite extent, and what is not finite', () => {
    expect(census(values)).toEqual({ extent: [-2, 4], nan: 1, infinite: 1 });
    expect(census(Float32Array.of(Number.NaN))).toEqual({ extent: [0, 0], nan: 1, infinite: 0 });
  });

  it('is scaled to its image, or symmetrically about zero', () => {
    expect(scaleOf([-2, 4], { colorMap: 'viridis', scale: 'image', limit: 0 })).toEqual([-2, 4]);
    expect(scaleOf([-2, 4], { colorMap: 'diverging', scale: 'image', limit: 0 })).toEqual([-4, 4]);
    expect(scaleOf([-2, 4], { colorMap: 'viridis', scale: 'fixed', limit: 10 })).toEqual([-10, 10]);
    expect([0.03, 0.2, 1.01, 7, 480, 0, Number.NaN].map(roundLimit)).toEqual([0.05, 0.2, 2, 10, 500, 1, 1]);
  });

  it('has the colour of each value; beyond the scale that of its end; none where there is no number', () => {
    const pixels = paint({ values }, [-2, 1], colorTable('viridis'));
    const pixel = (i: number) => [...pixels.subarray(4 * i, 4 * i + 4)];
    expect(pixel(0)).toEqual([...color('viridis', 0), 255]);
    expect(pixel(1)).toEqual([...color('viridis', 170), 255]);
    expect(pixel(2)).toEqual([...color('viridis', 255), 255]);
    expect(pixel(3)).toEqual([...color('viridis', 255), 255]);
    expect(pixel(4)).toEqual([0, 0, 0, 0]);
    expect(pixel(5)).toEqual([...color('viridis', 255), 255]);
  });

  it('of one value only has the colour of the middle', () => {
    const pixels = paint({ values: Float32Array.of(3, 3) }, [3, 3], colorTable('diverging'));
    expect([...pixels.subarray(0, 3)]).toEqual(color('diverging', 127));
  });
});

describe('the kernel figure', () => {
  const map = (side: number, value: (i: number) => number) =>
    kernelMap(
      Float32Array.from({ length: side * side }, (_, i) => value(i)),
      { height: side, width: side, kernelSize: 1, groups: 1 },
    );
  const row = (name: string, scale: number) => ({
    captions: [name, 'cat 61 %'],
    picture: { width: 4, height: 4, rgba: new Uint8Array(64).fill(255).fill(9, 0, 3) },
    maps: [
      { layer: 'inv_1', map: map(4, (i) => scale * i) },
      { layer: 'inv_2', map: map(2, (i) => -scale * i) },
    ],
  });
  const rows = [row('a.png', 1), row('<b> & a name that is much too long for its tile.png', 10)];

  it('has a row an image, a column a layer, all in a grid', () => {
    const figure = kernelFigure(rows, { title: 'Kernels', colorMap: 'viridis', scale: 'image' });
    expect(figure.tiles.map(({ left, top, width, height }) => [left, top, width, height])).toEqual([
      [24, 68, 160, 160],
      [204, 68, 160, 160],
      [384, 68, 160, 160],
      [24, 288, 160, 160],
      [204, 288, 160, 160],
      [384, 288, 160, 160],
    ]);
    expect([figure.width, figure.height]).toEqual([568, 512]);
    for (const words of ['Kernels', 'input', 'inv_1', 'inv_2', 'a.png', 'cat 61 %', '&#60;b&#62; &#38;', '…'])
      expect(figure.svg).toContain(words);
    // Legends: 0 … 15 and −3 … 0; ten times as much in the second row.
    for (const end of ['>0<', '>15<', '>−3<', '>150<', '>−30<']) expect(figure.svg).toContain(end);
  });

  it('says what its heatmaps show, and of what is constant that it is', () => {
    const flat = kernelMap(
      Float32Array.from({ length: 4 }, (_, i) => 1 + 1e-6 * (i % 2)),
      { height: 2, width: 2, kernelSize: 1, groups: 1 },
    );
    const maps = [
      { layer: 'inv_1', map: { ...map(4, (i) => i), statistic: 'entropy' as const } },
      { layer: 'inv_2', map: flat, reason: 'a softmax sums to 1' },
    ];
    const figure = kernelFigure([{ ...rows[0]!, maps }], { title: '', colorMap: 'viridis', scale: 'image' });
    const texts = [...figure.svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, words]) => words);
    expect(texts).toEqual(
      expect.arrayContaining(['inv_1: entropy', 'inv_2: sum', 'constant here: 1', 'a softmax sums to 1']),
    );
    // One legend, and one colour instead of noise.
    expect(figure.svg.match(/url\(#ramp\)/g)).toHaveLength(1);
    const { rgba } = figure.tiles[2]!.tile;
    expect([...rgba]).toEqual(
      Array(4)
        .fill([...color('viridis', 127), 255])
        .flat(),
    );
  });

  it('on a fixed scale has the same ends everywhere', () => {
    const figure = kernelFigure(rows, { title: '', colorMap: 'diverging', scale: 'fixed' });
    expect(figure.svg.match(/>−150</g)).toHaveLength(4);
    const chosen = kernelFigure(rows, { title: '', colorMap: 'diverging', scale: 'fixed', limit: 2.5 });
    expect(chosen.svg.match(/>−2\.5</g)).toHaveLength(4);
  });

  it('keeps the proportions of what is not square', () => {
    const wide = {
      captions: [],
      picture: { width: 64, height: 16, rgba: new Uint8Array(64 * 16 * 4) },
      maps: [],
    };
    const { tiles } = kernelFigure([wide], { title: '', colorMap: 'viridis', scale: 'image' });
    expect(tiles[0]).toMatchObject({ left: 24, top: 68 + 60, width: 160, height: 40 });
  });

  it('is drawn pixel by pixel', async () => {
    const figure = kernelFigure(rows, { title: 'Kernels', colorMap: 'viridis', scale: 'image' });
    const { data, info } = await sharp(await figurePng(figure))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([figure.width, figure.height]);
    const pixel = (x: number, y: number) => [
      ...data.subarray(3 * (y * info.width + x), 3 * (y * info.width + x) + 3),
    ];
    expect(pixel(2, 2)).toEqual([255, 255, 255]);
    // The first pixel of the picture, 40 × 40 pixels large.
    expect(pixel(24, 68)).toEqual([9, 9, 9]);
    expect(pixel(63, 107)).toEqual([9, 9, 9]);
    expect(pixel(64, 68)).toEqual([255, 255, 255]);
    // inv_1: the values 0 … 15 in a 4 × 4 grid.
    for (const i of [0, 5, 10, 15]) {
      const [x, y] = [204 + 40 * (i % 4) + 20, 68 + 40 * Math.floor(i / 4) + 20];
      expect(pixel(x, y)).toEqual(color('viridis', Math.round((i / 15) * 255)));
    }
    // The legend's bar, from end to end.
    const near = (actual: number[], expected: number[]) =>
      actual.forEach((value, c) => {
        expect(Math.abs(value - expected[c]!)).toBeLessThan(8);
      });
    near(pixel(205, 68 + 160 + 12), color('viridis', 0));
    near(pixel(362, 68 + 160 + 12), color('viridis', 255));
  });

  it('finds out whether this machine can write', async () => {
    const titled = async (title: string) => {
      const options = { title, colorMap: 'viridis', scale: 'image' } as const;
      return sharp(await figurePng(kernelFigure([{ ...rows[0]!, maps: [] }], options)))
        .raw()
        .toBuffer();
    };
    const [wide, narrow] = [await titled('MMMMMM'), await titled('iiiiii')];
    expect(!wide.equals(narrow)).toBe(await canDrawText());
  });
});
