import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDataset } from '../../../src/node/data/loadDataset';
import { ImageError, readImage } from '../../../src/node/images/readImage';
import { png } from '../support/png';
import { tiff } from '../support/tiff';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'involution reasons '));
});
afterAll(() => rm(folder, { recursive: true }));

async function reasonOf(name: string, bytes: Buffer | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  const error = await readImage(path).then(
    () => undefined,
    (problem: unknown) => problem,
  );
  expect(error, name).toBeInstanceOf(ImageError);
  expect((error as ImageError).message).toBe(`${path} ${(error as ImageError).reason}`);
  return (error as ImageError).reason;
}

const pixels = Uint8Array.from({ length: 60 * 40 * 3 }, (_, i) => (i * 7919) % 256);
const noise = () => sharp(pixels, { raw: { width: 60, height: 40, channels: 3 } });
const cut = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * 0.6));

/** The file with one bit of its first IDAT flipped: the chunk's checksum does not fit any more. */
function flipped(file: Buffer): Buffer {
  const bytes = Buffer.from(file);
  bytes[bytes.indexOf('IDAT') + 20]! ^= 4;
  return bytes;
}

const truncated = 'is truncated: the end of the image is missing';
const checksum = 'is damaged: its checksum is wrong';

/** What is wrong with each file, and its reason. */
async function damaged(): Promise<Record<string, [Buffer, string]>> {
  const [pngFile, jpeg, gif, webp, avif, tif] = await Promise.all([
    noise().png().toBuffer(),
    noise().jpeg().toBuffer(),
    noise().gif().toBuffer(),
    noise().webp({ lossless: true }).toBuffer(),
    noise().avif().toBuffer(),
    noise().tiff({ compression: 'lzw' }).toBuffer(),
  ]);
  const noTables = Buffer.from(jpeg);
  // The quantisation tables become a comment.
  noTables[noTables.indexOf(Buffer.from([0xff, 0xdb])) + 1] = 0xfe;
  const badDirectory = Buffer.from(tif);
  badDirectory.writeUInt32LE(2 ** 31, 4);
  return {
    'cut.png': [cut(pngFile), truncated],
    'cut.jpg': [cut(jpeg), truncated],
    'cut.gif': [cut(gif), truncated],
    'cut.webp': [cut(webp), truncated],
    'cut.avif': [cut(avif), truncated],
    'cut.tif': [cut(tif), truncated],
    'directory.tif': [badDirectory, truncated],
    'checksum.png': [flipped(pngFile), checksum],
    'tables.jpg': [noTables, "is damaged: its JPEG data can't be decoded"],
    'unclosed.svg': [
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><rect'),
      "is damaged: its SVG data can't be decoded",
    ],
  };
}

describe('what is wrong with a damaged image', () => {
  it('is found out of the file itself', async () => {
    for (const [name, [bytes, reason]] of Object.entries(await damaged()))
      expect(await reasonOf(name, bytes), name).toBe(reason);
  });

  it('may be a size beyond all counting', async () => {
    const far = 1_394_999_312;
    const square = sharp({ create: { width: 20, height: 20, channels: 3, background: 'red' } });
    const tall = png({ width: 20, colourType: 0 }, [new Array(20).fill(0)]);
    tall.writeUInt32BE(far, 20);
    const avif = await square.avif().toBuffer();
    avif.writeUInt32BE(far, avif.indexOf('ispe') + 12);
    const tif = tiff({ width: far, height: 1, bands: 1, photometric: 1, samples: [1] });
    const svg = (size: string) => `<svg xmlns="http://www.w3.org/2000/svg" ${size}></svg>`;
    for (const [name, bytes] of [
      ['far.png', tall],
      ['far.avif', avif],
      ['far.tif', tif],
      ['far.svg', svg(`width="24" height="${far}"`)],
      ['inches.svg', svg('width="24" height="14000000in"')],
      ['digits.svg', svg("height='1e30' width='3'")],
      ['view.svg', svg(`viewBox="0 0 24 ${far}"`)],
    ] as const)
      expect(await reasonOf(name, bytes), name).toBe(
        'is too large: it unpacks to more than the 100 million pixels that are allowed',
      );
  });

  it('is the same however many images are decoded at once', async () => {
    const data = join(folder, 'data');
    const wrong = await damaged();
    const expected: { path: string; reason: string }[] = [];
    for (const name of ['a', 'b']) {
      await mkdir(join(data, name), { recursive: true });
      for (let i = 0; i < 6; i++) {
        for (const [file, [bytes, reason]] of Object.entries(wrong)) {
          await writeFile(join(data, name, `${i}-${file}`), bytes);
          expected.push({ path: `${name}/${i}-${file}`, reason });
        }
        await writeFile(join(data, name, `${i}-good.png`), await noise().png().toBuffer());
      }
    }
    expected.sort((a, b) => (a.path < b.path ? -1 : 1));
    for (let time = 0; time < 20; time++) {
      const { skipped } = await loadDataset(
        { kind: 'folder', path: data, imageSize: 8, validationSplit: 0.2 },
        { seed: 1 },
      );
      expect(skipped).toEqual(expected);
    }
  });
});

describe('a path that leads to no file', () => {
  it('is told apart by what is there', async () => {
    await symlink('ring.png', join(folder, 'ring.png'));
    const paths: [string, string][] = [
      [join(folder, 'nowhere.png'), 'does not exist'],
      [folder, 'is a folder, not an image'],
      [join(folder, 'ring.png'), 'is a link that leads back to itself'],
      [join(folder, `${'n'.repeat(300)}.png`), 'has too long a name'],
    ];
    if (process.platform === 'linux') paths.push(['/dev/zero', 'is a pipe or a device, not a file']);
    for (const [path, reason] of paths) await expect(readImage(path)).rejects.toThrow(`${path} ${reason}`);
  });
});

describe('a file of another kind', () => {
  const boxed = (...brands: string[]) => {
    const box = Buffer.alloc(8 + 8 + 4 * (brands.length - 1));
    box.writeUInt32BE(box.length);
    box.write(`ftyp${brands[0]}`, 4, 'latin1');
    box.write(brands.slice(1).join(''), 16, 'latin1');
    return Buffer.concat([box, Buffer.alloc(200)]);
  };
  const bytes = (start: string, at = 0) => {
    const file = Buffer.alloc(400);
    file.write(start, at, 'latin1');
    return file;
  };
  const bmp = () => {
    const file = bytes('BM');
    file.writeUInt32LE(40, 14);
    return file;
  };

  it.each<[string, Buffer | string, string]>([
    ['a.bmp', bmp(), 'BMP'],
    ['a.heic', boxed('heic', 'mif1', 'heic'), 'HEIC'],
    ['heix.jpg', boxed('mif1', 'miaf', 'heix'), 'HEIC'],
    ['a.heif', boxed('mif1', 'miaf'), 'HEIF'],
    ['a.cr3', boxed('crx ', 'isom'), 'raw photo'],
    ['a.ico', bytes('\0\0\x01\0\x01\0'), 'icon'],
    ['a.jxl', bytes('\xff\x0a'), 'JPEG XL'],
    ['box.jxl', bytes('\0\0\0\x0cJXL \r\n\x87\n'), 'JPEG XL'],
    ['a.jp2', bytes('\0\0\0\x0cjP  \r\n\x87\n'), 'JPEG 2000'],
    ['a.j2k', bytes('\xff\x4f\xff\x51'), 'JPEG 2000'],
    ['a.jxr', bytes('II\xbc\x01'), 'JPEG XR'],
    ['a.psd', bytes('8BPS\0\x01'), 'Photoshop'],
    ['a.xcf', bytes('gimp xcf v011'), 'GIMP'],
    ['a.exr', bytes('\x76\x2f\x31\x01'), 'OpenEXR'],
    ['a.hdr', bytes('#?RADIANCE\n'), 'Radiance HDR'],
    ['a.dds', bytes('DDS |'), 'DDS'],
    ['a.ppm', 'P6\n2 2\n255\n............', 'PNM'],
    ['a.pgm', 'P2 1 1 255 7', 'PNM'],
    ['a.pfm', bytes('PF\n2 2\n'), 'PFM'],
    ['a.tga', bytes('\0\0\x02'), 'TGA'],
    ['a.orf', bytes('IIRO'), 'raw photo'],
    ['a.raf', bytes('FUJIFILMCCD-RAW 0201'), 'raw photo'],
    ['a.dcm', bytes('DICM', 128), 'DICOM'],
  ])('%s is a picture of a format that is named', async (name, content, format) => {
    const reason = await reasonOf(name, content);
    expect(reason).toMatch(
      /^is a picture in the .* format, which can't be read; JPEG, PNG, WebP, GIF, AVIF, TIFF, SVG can be read: convert it, for example with "(magick|heif-convert|djxl|darktable-cli) .*out\.png"$/,
    );
    expect(reason).toContain(`in the ${format} format`);
  });

  it.each<[string, Buffer | string, string]>([
    ['a.mp4', boxed('isom', 'mp41'), 'MP4 or QuickTime video'],
    ['a.mov', boxed('qt  '), 'MP4 or QuickTime video'],
    ['a.webm', bytes('\x1a\x45\xdf\xa3'), 'Matroska or WebM video'],
    ['a.pdf', '%PDF-1.7\n', 'PDF'],
    ['a.zip.png', bytes('PK\x03\x04'), 'ZIP archive'],
    ['page.jpg', '\n<!DOCTYPE html><html><body>404</body></html>', 'HTML'],
    ['icon.jpg', '<html><svg width="1" height="1"></svg></html>', 'HTML'],
  ])('%s is no picture, and what it is is named', async (name, content, what) => {
    expect(await reasonOf(name, content)).toContain(
      `is not a picture but ${what}; JPEG, PNG, WebP, GIF, AVIF, TIFF, SVG can be read`,
    );
  });

  it('may be text, nothing known, or a camera’s raw photo that looks like a TIFF', async () => {
    const none = "is not an image, or of a format that can't be read";
    expect(await reasonOf('words.jpg', 'Not found: ümläut')).toBe(`${none}: it holds text`);
    expect(await reasonOf('notes.txt', 'Not found')).toBe(none);
    expect(await reasonOf('one.png', 'x')).toBe(none);
    expect(await reasonOf('dice.png', Buffer.from([5, 200, 1, 0, 9, 255, 254]))).toBe(none);
    const camera = tiff({
      ...{ width: 4, height: 1, bands: 3, photometric: 2, samples: new Array(12).fill(9) },
      tags: { 254: [1], 330: [8] },
    });
    expect(await reasonOf('a.nef', camera)).toMatch(/^is the raw photo of a camera/);
  });
});

describe('a picture of a readable format', () => {
  const read = async (name: string, bytes: Buffer) => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return [...(await readImage(path)).rgb];
  };

  it('is read whatever its name says', async () => {
    expect(await read('png.heic', await noise().png().toBuffer())).toEqual([...pixels]);
  });

  it('has the transparency that its PNG gives it', async () => {
    const plte = ['PLTE', [10, 20, 30, 40, 50, 60]] as const;
    const palette = png({ width: 2, colourType: 3 }, [[0, 1]], [plte, ['tRNS', [255, 0]]]);
    expect(await read('palette.png', palette)).toEqual([10, 20, 30, 255, 255, 255]);
    const key = png({ width: 2, colourType: 2 }, [[1, 2, 3, 4, 5, 6]], [['tRNS', [0, 4, 0, 5, 0, 6]]]);
    expect(await read('key.png', key)).toEqual([1, 2, 3, 255, 255, 255]);
    const greyKey = png({ width: 2, colourType: 0 }, [[7, 8]], [['tRNS', [0, 8]]]);
    expect(await read('greykey.png', greyKey)).toEqual([7, 7, 7, 255, 255, 255]);
    const greyAlpha = png({ width: 2, colourType: 4 }, [[0, 128, 9, 255]]);
    expect(await read('greyalpha.png', greyAlpha)).toEqual([127, 127, 127, 9, 9, 9]);
    const deep = png({ width: 1, bits: 16, colourType: 6 }, [[255, 255, 0, 0, 0, 0, 128, 128]]);
    expect(await read('deep.png', deep)).toEqual([255, 127, 127]);
    const deepGrey = png({ width: 1, bits: 16, colourType: 4 }, [[0, 0, 128, 128]]);
    expect(await read('deepgrey.png', deepGrey)).toEqual([127, 127, 127]);
  });

  it('has the colours of its inks', async () => {
    const red = sharp({ create: { width: 16, height: 16, channels: 3, background: '#ff0000' } });
    const cmyk = await red.toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    const [r, g, b] = await read('adobe.jpg', cmyk);
    expect([r! > 200, g! < 60, b! < 60]).toEqual([true, true, true]);
  });
});
