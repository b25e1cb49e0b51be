import { readFile, stat } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import sharp, { type Sharp } from 'sharp';

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
 * applied, grey and CMYK are converted, 16 bits become 8, transparency is laid on white, and of an animation the first
 * frame counts. With a size the whole picture is stretched to it, as Keras does; without, it keeps its own.
 * @throws ImageError that says what is wrong with the file
 */
export async function readImage(path: string, size?: { width: number; height: number }): Promise<RgbImage> {
  const bytes = await readBytes(path);
  try {
    let image = decode(bytes);
    if (size) image = image.resize(size.width, size.height, { fit: 'fill' });
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, rgb: data };
  } catch (error) {
    throw new ImageError(path, decodingProblem(bytes, (error as Error).message));
  }
}

function decode(bytes: Buffer): Sharp {
  return sharp(bytes, { limitInputPixels: pixelLimit, failOn: 'error' })
    .autoOrient()
    .flatten({ background })
    .toColourspace('srgb')
    .removeAlpha();
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
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

function readingProblem({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return l10n.t('does not exist');
    case 'EACCES':
    case 'EPERM':
      return l10n.t('may not be read by this user (permission denied)');
    case 'EISDIR':
      return l10n.t('is a folder, not an image');
    default:
      return l10n.t("can't be read: {0}", message);
  }
}

function decodingProblem(bytes: Buffer, message: string): string {
  if (bytes.subarray(0, 40).toString('latin1').startsWith('version https://git-lfs.github.com/spec/'))
    return l10n.t('is a Git LFS pointer, not the image itself; "git lfs pull" fetches the image');
  if (/pixel limit/i.test(message))
    return l10n.t(
      'is too large: it unpacks to more than the {0} million pixels that are allowed',
      pixelLimit / 1e6,
    );
  if (/unsupported image format|could not be identified/i.test(message))
    return l10n.t("is not an image, or of a format that can't be read");
  if (/premature end|truncated|end of stream|unexpected end|read error|not enough data/i.test(message))
    return l10n.t('is truncated: the end of the image is missing');
  return l10n.t('is damaged: {0}', message.split('\n')[0]!.trim());
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MB`;
