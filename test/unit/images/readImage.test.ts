import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImage } from '../../../src/node/images/readImage';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution bilder-ü-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, bytes: Buffer | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const raw = (pixels: number[] | Uint16Array, width: number, height: number, channels: 1 | 2 | 3 | 4) =>
  sharp(pixels instanceof Uint16Array ? pixels : Uint8Array.from(pixels), {
    raw: { width, height, channels },
  });

/** 60 × 40 pixels of noise: its files are long enough to be cut in the middle. */
const noise = () =>
  raw(
    Array.from({ length: 60 * 40 * 3 }, (_, i) => (i * 7919) % 256),
    60,
    40,
    3,
  );

describe('readImage', () => {
  it('gives the pixels as they are', async () => {
    const path = await file('rgb.png', await raw([1, 2, 3, 40, 50, 60], 2, 1, 3).png().toBuffer());
    expect(await readImage(path)).toEqual({ width: 2, height: 1, rgb: Buffer.from([1, 2, 3, 40, 50, 60]) });
  });

  it('stretches the whole picture to a size', async () => {
    const wide = [...new Array(8).fill([255, 0, 0]), ...new Array(8).fill([0, 0, 255])].flat();
    const path = await file('wide.png', await raw(wide, 16, 1, 3).png().toBuffer());
    const { width, height, rgb } = await readImage(path, { width: 4, height: 4 });
    expect([width, height, rgb.length]).toEqual([4, 4, 48]);
    expect([...rgb.subarray(0, 3)]).toEqual([255, 0, 0]);
    expect([...rgb.subarray(45)]).toEqual([0, 0, 255]);
  });

  it('honours the EXIF orientation', async () => {
    // Orientation 6: the top of the picture is to the right; a row of black and white becomes a column.
    const pixels = new Array(16 * 8).fill(0).flatMap((_, i) => new Array(3).fill(i % 16 < 8 ? 0 : 255));
    const jpeg = await raw(pixels, 16, 8, 3)
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100 })
      .toBuffer();
    const { width, height, rgb } = await readImage(await file('turned.jpg', jpeg));
    expect([width, height]).toEqual([8, 16]);
    expect(rgb[0]).toBeLessThan(10);
    expect(rgb[rgb.length - 1]).toBeGreaterThan(245);
  });

  it('makes three channels of grey, and 8 bits of 16', async () => {
    const grey = await file('grey.png', await raw([0, 85, 170, 255], 2, 2, 1).png().toBuffer());
    const triples = [0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255];
    expect([...(await readImage(grey)).rgb]).toEqual(triples);
    const deep = raw(new Uint16Array([0, 21845, 43690, 65535]), 2, 2, 1).toColourspace('grey16');
    expect((await sharp(await deep.png().toBuffer()).metadata()).depth).toBe('ushort');
    expect([...(await readImage(await file('grey16.png', await deep.png().toBuffer()))).rgb]).toEqual(
      triples,
    );
    const colour = raw(new Uint16Array([0, 21845, 65535]), 1, 1, 3).toColourspace('rgb16');
    expect([...(await readImage(await file('rgb16.png', await colour.png().toBuffer()))).rgb]).toEqual([
      0, 85, 255,
    ]);
  });

  it('converts CMYK', async () => {
    const cmyk = sharp({ create: { width: 8, height: 8, channels: 3, background: '#ff0000' } }).toColourspace(
      'cmyk',
    );
    const path = await file('cmyk.jpg', await cmyk.jpeg({ quality: 100 }).toBuffer());
    expect((await sharp(path).metadata()).space).toBe('cmyk');
    const { rgb } = await readImage(path);
    expect(rgb).toHaveLength(8 * 8 * 3);
    expect(rgb[0]! - Math.max(rgb[1]!, rgb[2]!)).toBeGreaterThan(150);
  });

  it('lays transparency on white', async () => {
    const pixels = [255, 0, 0, 255, 0, 0, 255, 128, 0, 255, 0, 0];
    const path = await file('alpha.png', await raw(pixels, 3, 1, 4).png().toBuffer());
    expect([...(await readImage(path)).rgb]).toEqual([255, 0, 0, 127, 127, 255, 255, 255, 255]);
  });

  it('takes the first frame of an animation', async () => {
    const frames = [...new Array(48).fill(255), ...new Array(48).fill(0)];
    const animation = sharp(Uint8Array.from(frames), {
      raw: { width: 4, height: 8, channels: 3, pageHeight: 4 },
    });
    const path = await file('animated.gif', await animation.gif().toBuffer());
    expect((await sharp(path).metadata()).pages).toBe(2);
    const { width, height, rgb } = await readImage(path);
    expect([width, height, Math.min(...rgb)]).toEqual([4, 4, 255]);
  });

  it('reads every format that the extension offers', async () => {
    for (const format of ['png', 'jpeg', 'webp', 'gif', 'avif', 'tiff'] as const) {
      const path = await file(`noise.${format}`, await noise().toFormat(format).toBuffer());
      expect(await readImage(path)).toMatchObject({ width: 60, height: 40 });
    }
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="10" height="10" fill="#f00"/></svg>';
    const { width, height, rgb } = await readImage(await file('drawing.svg', svg));
    expect([width, height]).toEqual([20, 10]);
    expect([...rgb.subarray(0, 3), ...rgb.subarray(57, 60)]).toEqual([255, 0, 0, 255, 255, 255]);
  });

  it('says what is wrong with a file', async () => {
    const jpeg = await noise().jpeg().toBuffer();
    const png = await noise().png().toBuffer();
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'4d'.repeat(32)}\nsize 12345\n`;
    // A few kilobytes that unpack to 108 million pixels.
    const bomb = sharp({ create: { width: 12_000, height: 9_000, channels: 3, background: 'red' } }).png();
    for (const [path, reason] of [
      [
        await file('half.jpg', jpeg.subarray(0, jpeg.length / 2)),
        'is truncated: the end of the image is missing',
      ],
      [
        await file('half.png', png.subarray(0, png.length / 2)),
        'is truncated: the end of the image is missing',
      ],
      [await file('text.jpg', 'no image at all'), "is not an image, or of a format that can't be read"],
      [await file('empty.png', ''), 'is empty (0 bytes)'],
      [
        await file('pointer.png', pointer),
        'is a Git LFS pointer, not the image itself; "git lfs pull" fetches the image',
      ],
      [
        await file('bomb.png', await bomb.toBuffer()),
        'is too large: it unpacks to more than the 100 million pixels that are allowed',
      ],
      [
        await file('bomb.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="90000" height="90000"/>'),
        'is too large: it unpacks to more than the 100 million pixels that are allowed',
      ],
      [join(folder, 'nowhere.png'), 'does not exist'],
      [folder, 'is a folder, not an image'],
    ] as const)
      await expect(readImage(path)).rejects.toThrow(`${path} ${reason}`);
    await expect(
      readImage(await file('broken.svg', '<svg xmlns="http://www.w3.org/2000/svg"><rect')),
    ).rejects.toThrow(/broken\.svg is damaged: /);
  });
});
