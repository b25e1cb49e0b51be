import * as l10n from '@vscode/l10n';
import { cmyk, compression, photometric, sampleFormat, type TiffTags } from './tiffTags';

/**
 * How a TIFF's bands become red, green and blue.
 * `plain`: the decoder does it, a last band that it takes for transparency being that indeed.
 * `colours`: beyond the colours are bands that are no part of the picture, `extra` in all; which of them is
 * transparency, if any, is `alpha`, from 0.
 * `float`: values from 0 to 1, to be read as they are.
 */
export type TiffReading =
  | { readonly kind: 'plain' }
  | { readonly kind: 'colours'; readonly extra: number; readonly alpha: number | null }
  | { readonly kind: 'float'; readonly space: 'b-w' | 'scrgb' }
  | { readonly kind: 'refused'; readonly reason: string };

/** The bands that a photometric interpretation gives a meaning; those that are not here can't be read. */
const coloursOf: Readonly<Record<number, number>> = {
  [photometric.whiteIsZero]: 1,
  [photometric.blackIsZero]: 1,
  [photometric.rgb]: 3,
  [photometric.palette]: 1,
  [photometric.separated]: 4,
  [photometric.yCbCr]: 3,
  [photometric.cieLab]: 3,
};

/** Decides by what the file says, and by nothing else. What the decoder would show wrongly is refused. */
export function tiffReading(tags: TiffTags): TiffReading {
  const { bands, bits, sampleFormats, photometric: kind } = tags;
  if (tags.isDng || tags.reduced || kind === photometric.colorFilterArray || kind === photometric.linearRaw)
    return refused(
      l10n.t(
        'is the raw photo of a camera, of which only a thumbnail could be read; develop it first, for example with "{0}"',
        'darktable-cli in.dng out.png',
      ),
    );
  const colours = kind === null ? undefined : coloursOf[kind];
  if (colours === undefined || bands < colours || !canConvert(tags))
    return refused(
      l10n.t(
        'has colours of a kind that can\'t be read; convert it to RGB, for example with "{0}"',
        'magick in.tif -colorspace sRGB out.png',
      ),
    );
  const extra = bands - colours;
  const depth = bits[0]!;
  const format = sampleFormats[0] ?? sampleFormat.unsigned;
  if (bits.some((each) => each !== depth) || sampleFormats.some((each) => each !== format))
    return refused(scaleFirst(l10n.t('values of several types')));
  // The tag has an entry a band beyond the colours; those that it lacks are as good as unspecified.
  const alphas = Array.from({ length: extra }, (_, i) => tags.extraSamples[i]).flatMap((what, i) =>
    what === 1 || what === 2 ? [i] : [],
  );
  const grey = kind === photometric.whiteIsZero || kind === photometric.blackIsZero;
  if (alphas.length > 1 || (grey && extra > alphas.length))
    return refused(
      l10n.t(
        'has {0} bands and does not say what their colours are; choose three, for example with "{1}"',
        bands,
        'gdal_translate -b 1 -b 2 -b 3 -co PHOTOMETRIC=RGB in.tif out.tif',
      ),
    );
  if (format === sampleFormat.float) {
    const plain =
      depth === 32 && extra === 0 && (kind === photometric.blackIsZero || kind === photometric.rgb);
    return plain
      ? { kind: 'float', space: grey ? 'b-w' : 'scrgb' }
      : refused(scaleFirst(l10n.t('{0}-bit floating-point values', depth)));
  }
  if (format === sampleFormat.signed) return refused(scaleFirst(l10n.t('values below zero')));
  if (format !== sampleFormat.unsigned)
    return refused(scaleFirst(l10n.t('complex values or values of an unknown type')));
  const packed = depth === 1 || depth === 2 || depth === 4;
  const readable = packed
    ? bands === 1 && (grey || kind === photometric.palette)
    : depth === 8 || (depth === 16 && kind !== photometric.palette);
  if (!readable) return refused(scaleFirst(l10n.t('{0}-bit values', depth)));
  if (extra === 0 || (extra === 1 && alphas.length === 1)) return { kind: 'plain' };
  return { kind: 'colours', extra, alpha: alphas[0] ?? null };
}

/** Values without a natural black and white. */
export const scaleFirst = (values: string) =>
  l10n.t(
    'holds {0}, which have no fixed black and white; scale it to 8 bits, for example with "{1}"',
    values,
    'gdal_translate -ot Byte -scale in.tif out.tif',
  );

function canConvert({ photometric: kind, bits, inkSet, compression: method, planar }: TiffTags): boolean {
  // The decoder takes packed values in planes for bytes.
  if (planar && bits[0]! < 8) return false;
  if (kind === photometric.separated) return inkSet === cmyk;
  if (kind === photometric.yCbCr) return method === compression.jpeg;
  if (kind === photometric.cieLab) return bits[0] === 16;
  return true;
}

const refused = (reason: string): TiffReading => ({ kind: 'refused', reason });
