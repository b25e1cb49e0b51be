import * as l10n from '@vscode/l10n';
import sharp, { type Sharp } from 'sharp';
import { scaleFirst, type TiffReading } from './tiffBands';

/** Values that are not what the file's type promises. The message completes "this file …". */
export class UnfitValues extends Error {}

export type UnusualReading = Exclude<TiffReading, { kind: 'plain' | 'refused' }>;

/** A TIFF whose bands the decoder would misunderstand, as 8-bit RGB. @throws UnfitValues */
export async function decodeTiff(bytes: Buffer, reading: UnusualReading, pixelLimit: number): Promise<Sharp> {
  const image = sharp(bytes, {
    limitInputPixels: pixelLimit,
    // How many there are has been read already.
    limitInputChannels: false,
    failOn: 'error',
  }).autoOrient();
  return reading.kind === 'float' ? fromFloats(image, reading.space) : fromColours(image, reading);
}

async function fromColours(
  image: Sharp,
  { extra, alpha }: Extract<UnusualReading, { kind: 'colours' }>,
): Promise<Sharp> {
  const { data, info } = await image.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const colours = channels - extra;
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const opacity = alpha === null ? 1 : data[pixel * channels + colours + alpha]! / 255;
    for (let c = 0; c < 3; c++)
      rgb[3 * pixel + c] = opacity * data[pixel * channels + Math.min(c, colours - 1)]! + (1 - opacity) * 255;
  }
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

/** As they are, not as linear light: 0.5 is a middle grey, as numerical programs write and show it. */
async function fromFloats(image: Sharp, space: 'b-w' | 'scrgb'): Promise<Sharp> {
  const { data, info } = await image
    .pipelineColourspace(space)
    .toColourspace(space)
    .raw({ depth: 'float' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const values = new Float32Array(data.buffer, data.byteOffset, width * height * channels);
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++)
    for (let c = 0; c < 3; c++) {
      const value = values[pixel * channels + Math.min(c, channels - 1)]!;
      if (Number.isNaN(value)) throw new UnfitValues(scaleFirst(l10n.t('values that are not numbers')));
      least = Math.min(least, value);
      most = Math.max(most, value);
      rgb[3 * pixel + c] = Math.round(255 * value);
    }
  if (least < 0 || most > 1)
    throw new UnfitValues(
      scaleFirst(l10n.t('floating-point values from {0} to {1}', short(least), short(most))),
    );
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

const short = (value: number) => String(Number(value.toPrecision(3)));
