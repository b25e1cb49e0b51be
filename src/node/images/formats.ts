import { extname } from 'node:path';
import { isTiff } from './tiffTags';

export type ReadableFormat = 'PNG' | 'JPEG' | 'GIF' | 'WebP' | 'TIFF' | 'AVIF' | 'SVG';

/** What a file is, by its first bytes. `convert` is a command line that makes a readable picture of it. */
export type Identified =
  | { readonly kind: 'readable'; readonly format: ReadableFormat }
  | { readonly kind: 'picture' | 'other'; readonly name: string; readonly convert?: string }
  | { readonly kind: 'text' | 'lfsPointer' | 'unknown' };

/** What has no name that is the same in every language; translated where it is told. */
export const nouns = {
  rawPhoto: 'raw photo',
  matroska: 'Matroska or WebM video',
  avi: 'AVI video',
  mp4: 'MP4 or QuickTime video',
  zip: 'ZIP archive',
  gzip: 'gzip archive',
  sevenZip: '7-Zip archive',
  rar: 'RAR archive',
  array: 'NumPy array',
  icon: 'icon',
} as const;

const magick = (extension: string) => `magick in.${extension} out.png`;

interface Signature {
  readonly name: string;
  readonly starts: readonly string[];
  readonly at?: number;
  readonly convert?: string;
}

const readable: readonly (Signature & { readonly name: ReadableFormat })[] = [
  { name: 'PNG', starts: ['\x89PNG\r\n\x1a\n'] },
  { name: 'JPEG', starts: ['\xff\xd8\xff'] },
  { name: 'GIF', starts: ['GIF87a', 'GIF89a'] },
];

const rawPhoto = 'darktable-cli in.raw out.png';

/** Pictures that sharp, as it comes, does not read. */
const pictures: readonly Signature[] = [
  { name: 'JPEG XL', starts: ['\xff\x0a', '\0\0\0\x0cJXL \r\n\x87\n'], convert: 'djxl in.jxl out.png' },
  {
    name: 'JPEG 2000',
    starts: ['\0\0\0\x0cjP  \r\n\x87\n', '\xff\x4f\xff\x51'],
    convert: magick('jp2'),
  },
  { name: 'JPEG XR', starts: ['II\xbc'], convert: magick('jxr') },
  { name: 'Photoshop', starts: ['8BPS'], convert: 'magick "in.psd[0]" out.png' },
  { name: 'GIMP', starts: ['gimp xcf'], convert: 'magick in.xcf -flatten out.png' },
  { name: 'OpenEXR', starts: ['\x76\x2f\x31\x01'], convert: magick('exr') },
  { name: 'Radiance HDR', starts: ['#?RADIANCE', '#?RGBE'], convert: magick('hdr') },
  { name: 'DDS', starts: ['DDS '], convert: magick('dds') },
  { name: 'PFM', starts: ['PF\n', 'Pf\n'], convert: magick('pfm') },
  { name: 'QOI', starts: ['qoif'], convert: magick('qoi') },
  { name: 'FITS', starts: ['SIMPLE  ='], convert: magick('fits') },
  { name: 'DICOM', starts: ['DICM'], at: 128, convert: magick('dcm') },
  {
    name: nouns.rawPhoto,
    starts: ['FUJIFILMCCD-RAW', 'IIRO', 'IIRS', 'MMOR', 'IIU\0', 'FOVb', '\0MRM'],
    convert: rawPhoto,
  },
  { name: nouns.rawPhoto, starts: ['HEAPCCDR'], at: 6, convert: rawPhoto },
];

const others: readonly Signature[] = [
  { name: 'PDF', starts: ['%PDF-'], convert: 'pdftoppm -png -r 150 in.pdf out' },
  {
    name: 'PostScript',
    starts: ['%!PS', '\xc5\xd0\xd3\xc6'],
    convert: 'gs -sDEVICE=png16m -o out.png in.ps',
  },
  { name: nouns.matroska, starts: ['\x1a\x45\xdf\xa3'], convert: 'ffmpeg -i in.webm out-%04d.png' },
  { name: nouns.avi, starts: ['AVI '], at: 8, convert: 'ffmpeg -i in.avi out-%04d.png' },
  { name: nouns.zip, starts: ['PK\x03\x04', 'PK\x05\x06'], convert: 'unzip in.zip' },
  { name: nouns.gzip, starts: ['\x1f\x8b'], convert: 'gunzip in.gz' },
  { name: nouns.sevenZip, starts: ["7z\xbc\xaf'\x1c"] },
  { name: nouns.rar, starts: ['Rar!\x1a\x07'] },
  { name: 'HDF5', starts: ['\x89HDF\r\n\x1a\n'] },
  { name: nouns.array, starts: ['\x93NUMPY'] },
  { name: 'macOS AppleDouble', starts: ['\0\x05\x16\x07'] },
];

/** Endings that promise a picture: text under such a name surprises. */
const pictureNames = new Set([
  '.png',
  '.jpg',
  '.jpeg',
  '.gif',
  '.webp',
  '.tif',
  '.tiff',
  '.avif',
  '.svg',
  '.bmp',
]);

/** By the first bytes; a TGA has nothing there, so its name has to do. */
export function identify(bytes: Buffer, path: string): Identified {
  const start = bytes.toString('latin1', 0, 4096);
  const has = ({ starts, at = 0 }: Signature) => starts.some((sign) => start.startsWith(sign, at));
  if (start.startsWith('version https://git-lfs.github.com/spec/')) return { kind: 'lfsPointer' };
  const known = readable.find(has);
  if (known) return { kind: 'readable', format: known.name };
  if (start.startsWith('RIFF') && start.startsWith('WEBP', 8)) return { kind: 'readable', format: 'WebP' };
  if (isTiff(bytes)) return { kind: 'readable', format: 'TIFF' };
  if (start.startsWith('ftyp', 4)) return isoMedia(bytes, start);
  const picture = pictures.find(has);
  if (picture) return { kind: 'picture', name: picture.name, convert: picture.convert };
  if (start.startsWith('BM') && bytes.length > 18 && bytes.readUInt32LE(14) <= 256)
    return { kind: 'picture', name: 'BMP', convert: magick('bmp') };
  // A TGA may begin alike, but for the count of pictures.
  if (['\0\0\x01\0', '\0\0\x02\0'].includes(start.slice(0, 4)) && start.charCodeAt(4) > 0)
    return { kind: 'picture', name: nouns.icon, convert: 'magick "in.ico[0]" out.png' };
  if (/^P[1-7]\s/.test(start)) return { kind: 'picture', name: 'PNM', convert: magick('pnm') };
  const other = others.find(has);
  if (other) return { kind: 'other', name: other.name, convert: other.convert };
  const extension = extname(path).toLowerCase();
  if (isText(bytes)) {
    if (/^\s*(<!doctype html|<html[\s>])/i.test(start)) return { kind: 'other', name: 'HTML' };
    if (/<svg[\s>]/.test(start)) return { kind: 'readable', format: 'SVG' };
    return { kind: start.trim().length > 1 && pictureNames.has(extension) ? 'text' : 'unknown' };
  }
  return extension === '.tga' || extension === '.targa'
    ? { kind: 'picture', name: 'TGA', convert: magick('tga') }
    : { kind: 'unknown' };
}

/** AVIF, HEIC, the raw photos of one make and most videos are one kind of file, told apart by its brands. */
function isoMedia(bytes: Buffer, start: string): Identified {
  const end = Math.min(bytes.readUInt32BE(0), bytes.length, 4096);
  const major = start.slice(8, 12);
  const brands = [major];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(start.slice(at, at + 4));
  const any = (...names: string[]) => names.some((name) => brands.includes(name));
  if (any('avif', 'avis')) return { kind: 'readable', format: 'AVIF' };
  if (any('heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'))
    return { kind: 'picture', name: 'HEIC', convert: 'heif-convert in.heic out.png' };
  if (any('crx ')) return { kind: 'picture', name: nouns.rawPhoto, convert: rawPhoto };
  if (any('mif1', 'msf1', 'mif2', 'miaf'))
    return { kind: 'picture', name: 'HEIF', convert: 'heif-convert in.heif out.png' };
  return { kind: 'other', name: nouns.mp4, convert: 'ffmpeg -i in.mp4 out-%04d.png' };
}

function isText(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 4096);
  // A character may be cut at the end of what is looked at.
  const text = new TextDecoder().decode(start, { stream: start.length < bytes.length });
  return !/[^\P{Cc}\s]|\ufffd/u.test(text);
}
