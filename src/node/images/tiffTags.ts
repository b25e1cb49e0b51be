/** What the first picture of a TIFF says about its pixels. Lists have an entry a band, as far as the file has them. */
export interface TiffTags {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  /** How the first bands are to be understood: `photometric`. Null: the file does not say. */
  readonly photometric: number | null;
  readonly bits: readonly number[];
  readonly sampleFormats: readonly number[];
  /** What each band beyond the colours is: 0 unspecified, 1 associated alpha, 2 unassociated alpha. */
  readonly extraSamples: readonly number[];
  readonly compression: number;
  /** Every band lies by itself. */
  readonly planar: boolean;
  /** Of separated colours. */
  readonly inkSet: number;
  /** It is a thumbnail of another picture in the file, as raw photos of cameras have it. */
  readonly reduced: boolean;
  readonly isDng: boolean;
  /** Where its strips or tiles end: a shorter file is cut. */
  readonly end: number;
}

export const photometric = {
  whiteIsZero: 0,
  blackIsZero: 1,
  rgb: 2,
  palette: 3,
  separated: 5,
  yCbCr: 6,
  cieLab: 8,
  colorFilterArray: 32803,
  linearRaw: 34892,
} as const;

export const compression = { none: 1, jpeg: 7 } as const;
/** The ink set of cyan, magenta, yellow and black. */
export const cmyk = 1;

export const sampleFormat = { unsigned: 1, signed: 2, float: 3 } as const;

const tag = {
  newSubfileType: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  bands: 277,
  stripLengths: 279,
  planes: 284,
  tileOffsets: 324,
  tileLengths: 325,
  inkSet: 332,
  extraSamples: 338,
  sampleFormats: 339,
  dngVersion: 50706,
} as const;
const read = new Set<number>(Object.values(tag));

/** A directory has some dozens of entries; an entry has a value a band, a strip or a tile. */
const mostEntries = 4096;
const mostValues = 2 ** 20;

/** Bytes of the types that hold whole numbers: BYTE, SHORT, LONG, IFD, LONG8, IFD8. */
const bytesOfType: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 13: 4, 16: 8, 18: 8 };

export function isTiff(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 4);
  return ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(start);
}

/** The first directory's tags of a TIFF or BigTIFF in either byte order, or why they can't be made out. */
export function tiffTags(bytes: Buffer): TiffTags | 'truncated' | 'unknown' {
  try {
    const values = firstDirectory(bytes);
    const first = (name: number) => values.get(name)?.[0];
    const [width, height] = [first(tag.width), first(tag.height)];
    if (!width || !height) return 'unknown';
    const tiled = values.has(tag.tileOffsets);
    const offsets = values.get(tiled ? tag.tileOffsets : tag.stripOffsets) ?? [];
    const lengths = values.get(tiled ? tag.tileLengths : tag.stripLengths) ?? [];
    return {
      width,
      height,
      bands: first(tag.bands) ?? 1,
      photometric: first(tag.photometric) ?? null,
      bits: values.get(tag.bits) ?? [1],
      sampleFormats: values.get(tag.sampleFormats) ?? [sampleFormat.unsigned],
      extraSamples: values.get(tag.extraSamples) ?? [],
      compression: first(tag.compression) ?? compression.none,
      planar: first(tag.planes) === 2,
      inkSet: first(tag.inkSet) ?? cmyk,
      reduced: ((first(tag.newSubfileType) ?? 0) & 1) === 1,
      isDng: values.has(tag.dngVersion),
      end: offsets.reduce((end, offset, i) => Math.max(end, offset + (lengths[i] ?? 0)), 0),
    };
  } catch (error) {
    // Something points beyond the file's end.
    if (error instanceof RangeError) return 'truncated';
    throw error;
  }
}

/** Tag → its values, of the tags above. */
function firstDirectory(bytes: Buffer): Map<number, readonly number[]> {
  const number = numberReader(bytes);
  const big = number(2, 2) === bigTiff;
  /** Of an offset, and of an entry's values where they stand in the entry itself. */
  const wide = big ? 8 : 4;
  const directory = number(big ? 8 : 4, wide);
  const entries = number(directory, big ? 8 : 2);
  const tags = new Map<number, readonly number[]>();
  for (let i = 0; i < Math.min(entries, mostEntries); i++) {
    const at = directory + (big ? 8 : 2) + i * (4 + 2 * wide);
    const name = number(at, 2);
    const size = bytesOfType[number(at + 2, 2)];
    const count = number(at + 4, wide);
    if (!read.has(name) || tags.has(name) || size === undefined || count > mostValues) continue;
    const place = at + 4 + wide;
    const from = size * count <= wide ? place : number(place, wide);
    tags.set(
      name,
      Array.from({ length: count }, (_, k) => number(from + k * size, size)),
    );
  }
  return tags;
}

const bigTiff = 43;

/** Reads a whole number of `size` bytes, in the file's byte order. */
function numberReader(bytes: Buffer) {
  const little = bytes[0] === 0x49;
  return (at: number, size: number): number => {
    if (size === 8) return Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
    return little ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size);
  };
}
