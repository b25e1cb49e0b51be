import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { Random } from '../../../src/core/random';
import { ImageError, readImage } from '../../../src/node/images/readImage';
import { png } from './png';
import { tiff } from './tiff';

export interface FuzzOptions {
  readonly seed: number;
  readonly count: number;
  /** Exists; is left empty. */
  readonly folder: string;
}

export interface FuzzOutcome {
  /** How many of the damaged files could be read all the same. */
  readonly images: number;
  /** How often each reason was given. */
  readonly reasons: ReadonlyMap<string, number>;
  /** The most memory that the process held after an image, in bytes. */
  readonly residentBytes: number;
}

/** What the decoder or the system says, in words that are not ours. */
const raw = /vips|libpng|libtiff|heif:|glib|rsvg|webp:|gif:|buffer|undefined|\n/i;
const systemCode = /\bE[A-Z]{4,}\b|\bNaN\b/;

/**
 * Damages small images of every format at random, a few at a time, and reads them.
 * @throws Error that names the seed and the number of the file when one ends in neither an image nor an ImageError that
 * names it
 */
export async function fuzzImages({ seed, count, folder }: FuzzOptions): Promise<FuzzOutcome> {
  const samples = await smallImages();
  const reasons = new Map<string, number>();
  let [images, residentBytes, next] = [0, 0, 0];
  const lane = async () => {
    while (next < count) {
      const number = next++;
      const random = new Random(seed, number);
      const path = join(folder, `${number}.img`);
      await writeFile(path, damaged(samples, random));
      const size = random.below(2) === 0 ? { width: 7, height: 5 } : undefined;
      const fail = (what: string) => new Error(`Seed ${seed}, file ${number} (${path}): ${what}`);
      try {
        const { width, height, rgb } = await readImage(path, size);
        if (rgb.length !== width * height * 3)
          throw fail(`${width}×${height} pixels have ${rgb.length} bytes`);
        images++;
      } catch (error) {
        if (!(error instanceof ImageError)) throw fail(String(error));
        const { message, reason } = error;
        if (!message.startsWith(`${path} `) || raw.test(reason) || systemCode.test(reason))
          throw fail(message);
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
      residentBytes = Math.max(residentBytes, process.memoryUsage.rss());
      await rm(path);
    }
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  return { images, reasons, residentBytes };
}

function damaged(samples: readonly Buffer[], random: Random): Buffer {
  const below = (limit: number) => random.below(limit);
  const sample = samples[below(samples.length)]!;
  const bytes = Buffer.from(sample);
  // Headers decide most, and most of a file is pixels.
  const place = () => below(below(2) === 0 ? Math.min(96, bytes.length) : bytes.length);
  const damages: (() => Buffer)[] = [
    () => bytes.subarray(0, below(bytes.length + 1)),
    () => {
      for (let i = below(8); i >= 0; i--) bytes[place()]! ^= 1 << below(8);
      return bytes;
    },
    () => {
      const from = place();
      for (let at = from; at < Math.min(from + 1 + below(16), bytes.length); at++) bytes[at] = below(256);
      return bytes;
    },
    () => bytes.fill([0, 0xff, 0x7f, 0x80][below(4)]!, place(), place()),
    () => {
      const from = place();
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + below(32))]);
    },
    () => {
      const other = samples[below(samples.length)]!;
      return Buffer.concat([bytes.subarray(0, place()), other.subarray(below(other.length))]);
    },
  ];
  return damages[below(damages.length)]!();
}

async function smallImages(): Promise<Buffer[]> {
  const [width, height] = [24, 16];
  const noise = Uint8Array.from({ length: width * height * 4 }, (_, i) => (i * 2_654_435_761) >>> 24);
  const rgba = () => sharp(noise, { raw: { width, height, channels: 4 } });
  const rgb = () => rgba().removeAlpha();
  const samples = [...noise];
  const tif = { width, height, photometric: 2 };
  const of = (bands: number) => samples.slice(0, width * height * bands);
  return Promise.all([
    rgba().png().toBuffer(),
    rgb().png({ palette: true }).toBuffer(),
    rgb().toColourspace('rgb16').png().toBuffer(),
    rgb()
      .jpeg()
      .withExif({ IFD0: { Copyright: 'nobody' } })
      .toBuffer(),
    rgb().jpeg({ progressive: true }).withMetadata({ orientation: 6 }).toBuffer(),
    rgb().toColourspace('cmyk').jpeg().toBuffer(),
    rgba().webp().toBuffer(),
    rgb().webp({ lossless: true }).toBuffer(),
    rgba().gif().toBuffer(),
    rgb().avif().toBuffer(),
    rgb().tiff({ compression: 'lzw', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
    rgb().tiff({ compression: 'jpeg' }).toBuffer(),
    tiff({ ...tif, bands: 4, extraSamples: [0], samples: of(4), bigTiff: true }),
    tiff({ ...tif, bands: 3, planar: true, bigEndian: true, samples: of(3) }),
    tiff({
      ...{ ...tif, bands: 1, photometric: 1, bits: 32, sampleFormat: 3 },
      samples: of(1).map((value) => value / 255),
    }),
    tiff({ ...tif, bands: 1, photometric: 1, bits: 1, samples: of(1).map((value) => value & 1) }),
    png(
      { width: 4, colourType: 3 },
      [[0, 1, 1, 0]],
      [
        ['PLTE', [10, 20, 30, 40, 50, 60]],
        ['tRNS', [255, 0]],
      ],
    ),
    Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="16"><g id="a"><rect width="9" height="9" fill="#f00"/></g><use href="#a" x="9"/></svg>',
    ),
  ]);
}
