import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImage } from '../../../src/node/images/readImage';
import { tiffTags } from '../../../src/node/images/tiffTags';
import { type TiffOptions, tiff } from '../support/tiff';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution tiff '));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function written(bytes: Buffer): Promise<string> {
  const path = join(folder, `${files++}.tif`);
  await writeFile(path, bytes);
  return path;
}

const pixels = async (options: Omit<TiffOptions, 'height'>) => [
  ...(await readImage(await written(tiff({ ...options, height: 1 })))).rgb,
];

const [white0, black0, rgb, palette, separated, yCbCr, lab] = [0, 1, 2, 3, 5, 6, 8];
const deep = (values: number[]) => values.map((value) => value * 257);

/** Entries 0, 1, 2 and then black, of a table of 2^bits. */
const table = (bits: number, ...colours: [number, number, number][]) =>
  [0, 1, 2].flatMap((c) => Array.from({ length: 2 ** bits }, (_, i) => 257 * (colours[i]?.[c] ?? 0)));

/** sRGB grey: [a, a, a, b, b, b …]. */
const greys = (...values: number[]) => values.flatMap((value) => [value, value, value]);

describe('the bands of a TIFF', () => {
  it.each<[string, Omit<TiffOptions, 'height'>, number[]]>([
    [
      'RGB',
      { width: 2, bands: 3, photometric: rgb, samples: [10, 20, 30, 40, 50, 60] },
      [10, 20, 30, 40, 50, 60],
    ],
    ['RGB 16', { width: 1, bands: 3, bits: 16, photometric: rgb, samples: deep([10, 20, 30]) }, [10, 20, 30]],
    [
      'RGB and a band without a meaning',
      { width: 2, bands: 4, photometric: rgb, extraSamples: [0], samples: [16, 20, 16, 60, 9, 8, 7, 255] },
      [16, 20, 16, 9, 8, 7],
    ],
    [
      'RGB and a band that the file does not mention',
      { width: 1, bands: 4, photometric: rgb, samples: [16, 20, 16, 60] },
      [16, 20, 16],
    ],
    [
      'RGB 16 and a band without a meaning',
      { width: 1, bands: 4, bits: 16, photometric: rgb, extraSamples: [0], samples: deep([16, 20, 16, 60]) },
      [16, 20, 16],
    ],
    [
      'RGB and five bands without a meaning',
      {
        width: 1,
        bands: 8,
        photometric: rgb,
        extraSamples: [0, 0, 0, 0, 0],
        samples: [1, 2, 3, 4, 5, 6, 7, 8],
      },
      [1, 2, 3],
    ],
    [
      'RGBA, unassociated',
      { width: 2, bands: 4, photometric: rgb, extraSamples: [2], samples: [255, 0, 0, 128, 9, 8, 7, 255] },
      [255, 127, 127, 9, 8, 7],
    ],
    [
      'RGBA, associated',
      { width: 2, bands: 4, photometric: rgb, extraSamples: [1], samples: [128, 0, 0, 128, 9, 8, 7, 255] },
      [255, 127, 127, 9, 8, 7],
    ],
    [
      'RGBA 16, associated',
      { width: 1, bands: 4, bits: 16, photometric: rgb, extraSamples: [1], samples: deep([128, 0, 0, 128]) },
      [255, 127, 127],
    ],
    [
      'RGBA and a band without a meaning',
      { width: 1, bands: 5, photometric: rgb, extraSamples: [2, 0], samples: [255, 0, 0, 128, 3] },
      [255, 127, 127],
    ],
    [
      'RGB, a band without a meaning, alpha',
      { width: 1, bands: 5, photometric: rgb, extraSamples: [0, 2], samples: [255, 0, 0, 3, 128] },
      [255, 127, 127],
    ],
    [
      'RGB, a band without a meaning, associated alpha',
      { width: 1, bands: 5, photometric: rgb, extraSamples: [0, 1], samples: [128, 0, 0, 3, 128] },
      [255, 127, 127],
    ],
    ['grey', { width: 2, bands: 1, photometric: black0, samples: [7, 200] }, greys(7, 200)],
    [
      'grey of 1 bit',
      { width: 3, bands: 1, bits: 1, photometric: black0, samples: [1, 0, 1] },
      greys(255, 0, 255),
    ],
    [
      'grey of 2 bits',
      { width: 3, bands: 1, bits: 2, photometric: black0, samples: [1, 3, 0] },
      greys(85, 255, 0),
    ],
    [
      'grey of 4 bits',
      { width: 2, bands: 1, bits: 4, photometric: black0, samples: [1, 15] },
      greys(17, 255),
    ],
    [
      'grey of 16 bits',
      { width: 2, bands: 1, bits: 16, photometric: black0, samples: deep([7, 200]) },
      greys(7, 200),
    ],
    ['white is zero', { width: 2, bands: 1, photometric: white0, samples: [7, 200] }, greys(248, 55)],
    [
      'white is zero, 1 bit',
      { width: 2, bands: 1, bits: 1, photometric: white0, samples: [0, 1] },
      greys(255, 0),
    ],
    [
      'white is zero, 16 bits',
      { width: 2, bands: 1, bits: 16, photometric: white0, samples: deep([7, 200]) },
      greys(248, 55),
    ],
    [
      'grey and alpha',
      { width: 2, bands: 2, photometric: black0, extraSamples: [2], samples: [0, 128, 10, 255] },
      greys(127, 10),
    ],
    [
      'white is zero and alpha',
      { width: 2, bands: 2, photometric: white0, extraSamples: [2], samples: [255, 128, 245, 255] },
      greys(127, 10),
    ],
    [
      'a palette',
      { width: 2, bands: 1, photometric: palette, palette: table(8, [0, 0, 0], [1, 2, 3]), samples: [1, 0] },
      [1, 2, 3, 0, 0, 0],
    ],
    [
      'a palette of 4 bits',
      {
        width: 1,
        bands: 1,
        bits: 4,
        photometric: palette,
        palette: table(4, [0, 0, 0], [1, 2, 3]),
        samples: [1],
      },
      [1, 2, 3],
    ],
    [
      'a palette and a band without a meaning',
      {
        width: 1,
        bands: 2,
        photometric: palette,
        palette: table(8, [0, 0, 0], [1, 2, 3]),
        extraSamples: [0],
        samples: [1, 9],
      },
      [1, 2, 3],
    ],
    [
      'Lab of 16 bits',
      { width: 1, bands: 3, bits: 16, photometric: lab, samples: [34_800, 20_480, 17_152] },
      [255, 0, 0],
    ],
    [
      'floats of grey',
      { width: 3, bands: 1, bits: 32, sampleFormat: 3, photometric: black0, samples: [0, 0.5, 1] },
      greys(0, 128, 255),
    ],
    [
      'floats of colours',
      {
        width: 2,
        bands: 3,
        bits: 32,
        sampleFormat: 3,
        photometric: rgb,
        samples: [0, 0.2, 1, 0.4, 0.6, 0.8],
      },
      [0, 51, 255, 102, 153, 204],
    ],
  ])('%s', async (_, options, expected) => {
    const packed = (options.bits ?? 8) < 8;
    for (const layout of [
      {},
      { bigEndian: true },
      { bigTiff: true },
      ...(packed ? [] : [{ planar: true }]),
    ]) {
      const actual = await pixels({ ...options, ...layout });
      expect(actual, JSON.stringify(layout)).toEqual(expected);
    }
  });

  it('CMYK becomes RGB, with transparency and without a band that has no meaning', async () => {
    const red = await pixels({ width: 1, bands: 4, photometric: separated, samples: [0, 255, 255, 0] });
    expect(red[0]! - Math.max(red[1]!, red[2]!)).toBeGreaterThan(150);
    const cmyk = { width: 1, bands: 5, photometric: separated, samples: [0, 255, 255, 0, 128] };
    const [r, g, b] = await pixels({ ...cmyk, extraSamples: [2] });
    expect([r! > 235, Math.abs(g! - 128) < 16, Math.abs(b! - 128) < 16]).toEqual([true, true, true]);
    expect(await pixels({ ...cmyk, extraSamples: [0] })).toEqual(red);
  });

  const bands = (count: number) =>
    `has ${count} bands and does not say what their colours are; choose three, for example with "gdal_translate -b 1 -b 2 -b 3 -co PHOTOMETRIC=RGB in.tif out.tif"`;
  const scale = (values: string) =>
    `holds ${values}, which have no fixed black and white; scale it to 8 bits, for example with "gdal_translate -ot Byte -scale in.tif out.tif"`;
  const colours =
    'has colours of a kind that can\'t be read; convert it to RGB, for example with "magick in.tif -colorspace sRGB out.png"';

  it.each<[string, Omit<TiffOptions, 'height' | 'width' | 'samples'>, string]>([
    ['grey and a band without a meaning', { bands: 2, photometric: black0, extraSamples: [0] }, bands(2)],
    [
      'three bands, the first of them grey',
      { bands: 3, photometric: black0, extraSamples: [0, 0] },
      bands(3),
    ],
    ['eight bands', { bands: 8, photometric: black0, extraSamples: new Array(7).fill(0) }, bands(8)],
    ['two alphas', { bands: 5, photometric: rgb, extraSamples: [1, 2] }, bands(5)],
    ['32-bit values', { bands: 3, bits: 32, photometric: rgb }, scale('32-bit values')],
    ['signed bytes', { bands: 3, sampleFormat: 2, photometric: rgb }, scale('values below zero')],
    [
      'signed 16 bits',
      { bands: 1, bits: 16, sampleFormat: 2, photometric: black0 },
      scale('values below zero'),
    ],
    [
      'doubles',
      { bands: 1, bits: 64, sampleFormat: 3, photometric: black0 },
      scale('64-bit floating-point values'),
    ],
    [
      'complex values',
      { bands: 1, bits: 64, sampleFormat: 6, photometric: black0 },
      scale('complex values or values of an unknown type'),
    ],
    ['three inks', { bands: 3, photometric: separated, tags: { 332: [2] } }, colours],
    ['four inks that are not CMYK', { bands: 4, photometric: separated, tags: { 332: [2] } }, colours],
    ['Lab of 8 bits', { bands: 3, photometric: lab }, colours],
    ['YCbCr as it is', { bands: 3, photometric: yCbCr, tags: { 530: [1, 1] } }, colours],
    ['packed values in planes', { bands: 1, bits: 4, photometric: black0, planar: true }, colours],
    ['ICC Lab', { bands: 3, photometric: 9 }, colours],
    ['too few bands for its colours', { bands: 2, photometric: rgb }, colours],
    [
      'a colour filter array',
      { bands: 1, photometric: 32_803 },
      'is the raw photo of a camera, of which only a thumbnail could be read; develop it first, for example with "darktable-cli in.dng out.png"',
    ],
    ['a thumbnail', { bands: 3, photometric: rgb, tags: { 254: [1] } }, 'is the raw photo of a camera'],
    ['a DNG', { bands: 3, photometric: rgb, tags: { 50706: [0x01040000] } }, 'is the raw photo of a camera'],
  ])('refuses %s', async (_, options, reason) => {
    const samples = new Array(4 * options.bands).fill(0);
    for (const layout of [{}, { bigEndian: true, bigTiff: true }]) {
      const path = await written(tiff({ ...options, ...layout, width: 4, height: 1, samples }));
      await expect(readImage(path)).rejects.toThrow(`${path} ${reason}`);
    }
  });

  it('refuses floats that are no shades', async () => {
    const floats = { bands: 1, bits: 32, sampleFormat: 3, photometric: black0 };
    await expect(pixels({ ...floats, width: 3, samples: [0, 1, 2000] })).rejects.toThrow(
      scale('floating-point values from 0 to 2000'),
    );
    await expect(pixels({ ...floats, width: 2, samples: [-0.25, 1] })).rejects.toThrow(
      scale('floating-point values from -0.25 to 1'),
    );
    await expect(pixels({ ...floats, width: 2, samples: [0, Number.NaN] })).rejects.toThrow(
      scale('values that are not numbers'),
    );
  });

  it('may not be more than memory holds', async () => {
    const many = { width: 3000, height: 3000, bands: 60, photometric: rgb, samples: new Array(60).fill(0) };
    const path = await written(tiff(many));
    await expect(readImage(path)).rejects.toThrow(
      `${path} is too large: it unpacks to more than the 100 million`,
    );
  });

  it('are left out before the picture is stretched', async () => {
    const samples = Array.from({ length: 64 }, (_, i) => [100, 150, 200, i * 4]).flat();
    const path = await written(
      tiff({ width: 8, height: 8, bands: 4, photometric: rgb, extraSamples: [0], samples }),
    );
    const { width, height, rgb: small } = await readImage(path, { width: 3, height: 2 });
    expect([width, height]).toEqual([3, 2]);
    expect([...small]).toEqual(Array.from({ length: 6 }, () => [100, 150, 200]).flat());
  });

  it('honour the orientation', async () => {
    const turned = { bands: 4, photometric: rgb, extraSamples: [0], tags: { 274: [6] } };
    const path = await written(tiff({ ...turned, width: 2, height: 1, samples: [1, 1, 1, 9, 2, 2, 2, 9] }));
    expect(await readImage(path)).toMatchObject({ width: 1, height: 2 });
  });

  it('are read of what image libraries write, compressed, in tiles', async () => {
    const noise = Uint8Array.from({ length: 40 * 30 * 4 }, (_, i) => (i * 7919) % 256);
    const image = sharp(noise, { raw: { width: 40, height: 30, channels: 4 } });
    for (const compression of ['lzw', 'deflate', 'packbits'] as const)
      for (const tile of [false, true]) {
        const path = await written(await image.clone().tiff({ compression, tile }).toBuffer());
        const expected = await image.clone().flatten({ background: '#fff' }).raw().toBuffer();
        expect([...(await readImage(path)).rgb]).toEqual([...expected]);
      }
    const jpeg = await written(await image.clone().removeAlpha().tiff({ compression: 'jpeg' }).toBuffer());
    expect(tiffTags(await sharp(jpeg).tiff({ compression: 'jpeg' }).toBuffer())).toMatchObject({
      photometric: yCbCr,
    });
    expect(await readImage(jpeg)).toMatchObject({ width: 40, height: 30 });
  });

  it('are those of the first directory, whatever else the file points to', () => {
    const file = tiff({ width: 2, height: 1, bands: 3, photometric: rgb, samples: [1, 2, 3, 4, 5, 6] });
    expect(tiffTags(file)).toMatchObject({
      width: 2,
      bands: 3,
      photometric: rgb,
      bits: [8, 8, 8],
      end: file.length,
    });
    for (let length = 0; length < file.length - 6; length++)
      expect(() => tiffTags(file.subarray(0, length))).not.toThrow();
    expect(tiffTags(file.subarray(0, 40))).toBe('truncated');
    // A directory at the end of the address space.
    const far = tiff({ width: 2, height: 1, bands: 1, photometric: rgb, samples: [1, 2], bigTiff: true });
    far.fill(0xff, 8, 16);
    expect(tiffTags(far)).toBe('truncated');
  });
});
