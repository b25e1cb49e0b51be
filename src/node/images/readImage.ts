import { readFile, stat } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import sharp, { type Sharp } from 'sharp';
import { findDamage } from './damage';
import { declaredSide } from './declaredSide';
import { decodeTiff, UnfitValues, type UnusualReading } from './decodeTiff';
import { type Identified, identify, type ReadableFormat } from './formats';
import { tiffReading } from './tiffBands';
import { isTiff, tiffTags } from './tiffTags';

/** 8-bit RGB, row by row. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** width · height · 3 bytes. */
  readonly rgb: Uint8Array;
}

/** `reason` completes "this file …" and can stand in a list beside the file's name. */
export class ImageError extends Error {
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`${path} ${reason}`);
    this.name = 'ImageError';
  }
}

/** A picture that would unpack to more than this is refused: a few kilobytes can hold gigabytes of one colour. */
export const pixelLimit = 100_000_000;
const fileSizeLimit = 512 * 1024 ** 2;

/** What shows through transparent pixels. */
export const background = '#ffffff';

/**
 * Any picture that sharp reads (JPEG, PNG, WebP, GIF, AVIF, TIFF, SVG …) as 8-bit sRGB. The EXIF orientation is
 * applied, grey and CMYK are converted, 16 bits become 8, floating-point values go from 0 to 1, transparency is laid on
 * white, and of an animation the first frame counts. Bands of a TIFF that are neither colour nor transparency are left
 * out. With a size the whole picture is stretched to it, as Keras does; without, it keeps its own.
 * @throws ImageError that says what is wrong with the file
 */
export async function readImage(path: string, size?: { width: number; height: number }): Promise<RgbImage> {
  const bytes = await readBytes(path);
  if (declaredSide(bytes) > pixelLimit) throw new ImageError(path, tooLarge());
  const reading = tiffReadingOf(path, bytes);
  try {
    const image = resized(reading ? await decodeTiff(bytes, reading, pixelLimit) : decode(bytes), size);
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, rgb: data };
  } catch (error) {
    if (error instanceof UnfitValues) throw new ImageError(path, error.message);
    throw new ImageError(path, await decodingProblem(bytes, path));
  }
}

/** Null: nothing about the file is in doubt. */
function tiffReadingOf(path: string, bytes: Buffer): UnusualReading | null {
  if (!isTiff(bytes)) return null;
  const tags = tiffTags(bytes);
  // The decoder may make something of it, and nobody could say of what.
  if (typeof tags === 'string') throw new ImageError(path, damageOf(bytes, 'TIFF'));
  const reading = tiffReading(tags);
  if (reading.kind === 'refused') throw new ImageError(path, reading.reason);
  if (reading.kind === 'plain') return null;
  // These are held as they are, all bands of them.
  const { width, height, bands } = tags;
  if (width * height * bands * (tags.bits[0]! / 8) > 4 * pixelLimit) throw new ImageError(path, tooLarge());
  return reading;
}

const resized = (image: Sharp, size: { width: number; height: number } | undefined) =>
  size ? image.resize(size.width, size.height, { fit: 'fill' }) : image;

function decode(bytes: Buffer): Sharp {
  return sharp(bytes, { limitInputPixels: pixelLimit, failOn: 'error' })
    .autoOrient()
    .flatten({ background })
    .toColourspace('srgb')
    .removeAlpha();
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    const file = await stat(path);
    if (file.isDirectory()) throw new ImageError(path, l10n.t('is a folder, not an image'));
    // A pipe might never end.
    if (!file.isFile()) throw new ImageError(path, l10n.t('is a pipe or a device, not a file'));
    const { size } = file;
    if (size === 0) throw new ImageError(path, l10n.t('is empty (0 bytes)'));
    if (size > fileSizeLimit)
      throw new ImageError(
        path,
        l10n.t('is too large: {0}, and {1} are allowed', megabytes(size), megabytes(fileSizeLimit)),
      );
    return await readFile(path);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError(path, readingProblem(error as NodeJS.ErrnoException));
  }
}

function readingProblem({ code }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return l10n.t('does not exist');
    case 'EACCES':
    case 'EPERM':
      return l10n.t('may not be read by this user (permission denied)');
    case 'ELOOP':
      return l10n.t('is a link that leads back to itself');
    case 'ENAMETOOLONG':
      return l10n.t('has too long a name');
    case 'EMFILE':
    case 'ENFILE':
      return l10n.t("can't be opened: too many files are open");
    default:
      return l10n.t("can't be read from its disk ({0})", code ?? 'unknown');
  }
}

async function decodingProblem(bytes: Buffer, path: string): Promise<string> {
  const found = identify(bytes, path);
  switch (found.kind) {
    case 'readable':
      return (await unpacksTooLarge(bytes)) ? tooLarge() : damageOf(bytes, found.format);
    case 'picture':
    case 'other':
      return unreadable(found);
    case 'lfsPointer':
      return l10n.t('is a Git LFS pointer, not the image itself; "git lfs pull" fetches the image');
    case 'text':
      return l10n.t("is not an image, or of a format that can't be read: it holds text");
    case 'unknown':
      return l10n.t("is not an image, or of a format that can't be read");
  }
}

function unreadable({ kind, name, convert }: Extract<Identified, { kind: 'picture' | 'other' }>): string {
  const what =
    kind === 'picture'
      ? l10n.t("is a picture in the {0} format, which can't be read", l10n.t(name))
      : l10n.t('is not a picture but {0}', l10n.t(name));
  const formats = l10n.t('{0} can be read', 'JPEG, PNG, WebP, GIF, AVIF, TIFF, SVG');
  return convert
    ? `${what}; ${formats}: ${l10n.t('convert it, for example with "{0}"', convert)}`
    : `${what}; ${formats}`;
}

function damageOf(bytes: Buffer, format: ReadableFormat): string {
  switch (findDamage(bytes, format)) {
    case 'truncated':
      return l10n.t('is truncated: the end of the image is missing');
    case 'checksum':
      return l10n.t('is damaged: its checksum is wrong');
    case 'unknown':
      return l10n.t("is damaged: its {0} data can't be decoded", format);
  }
}

const tooLarge = () =>
  l10n.t('is too large: it unpacks to more than the {0} million pixels that are allowed', pixelLimit / 1e6);

/** The decoder's message is not asked: see `findDamage`. */
async function unpacksTooLarge(bytes: Buffer): Promise<boolean> {
  try {
    const { width, height, pageHeight } = await sharp(bytes, {
      limitInputPixels: false,
      limitInputChannels: false,
    }).metadata();
    return width * (pageHeight ?? height) > pixelLimit;
  } catch {
    return false;
  }
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MB`;
