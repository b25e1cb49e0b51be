/** What a written TIFF says about itself, and its samples: row by row, each pixel's bands together. */
export interface TiffOptions {
  readonly width: number;
  readonly height: number;
  readonly samples: readonly number[];
  readonly bands: number;
  /** 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 CMYK, 8 Lab … */
  readonly photometric: number;
  /** Default: 8. */
  readonly bits?: number;
  /** 1 whole numbers (default), 2 signed ones, 3 floats, 5 and 6 complex. */
  readonly sampleFormat?: number;
  /** Of each band beyond the colours: 0 unspecified, 1 associated alpha, 2 unassociated alpha. */
  readonly extraSamples?: readonly number[];
  readonly bigEndian?: boolean;
  readonly bigTiff?: boolean;
  /** Every band in a strip of its own. */
  readonly planar?: boolean;
  /** 3 · 2^bits values of 16 bits: all red, all green, all blue. */
  readonly palette?: readonly number[];
  /** Further tags, or others in their place: their values as 32-bit whole numbers. */
  readonly tags?: Readonly<Record<number, readonly number[]>>;
}

const [short, long, long8] = [3, 4, 16];

/** An uncompressed TIFF of one page: every kind that image libraries do not write themselves. */
export function tiff(options: TiffOptions): Buffer {
  const { width, height, bands, photometric, bits = 8, sampleFormat = 1, extraSamples = [] } = options;
  const { bigEndian = false, bigTiff = false, planar = false, palette, samples, tags = {} } = options;
  const strips = planar
    ? Array.from({ length: bands }, (_, band) => samples.filter((_, i) => i % bands === band))
    : [samples];
  const packed = strips.map((strip) =>
    packedRows(strip, (planar ? 1 : bands) * width, bits, sampleFormat, bigEndian),
  );
  const entries = new Map<number, { type: number; values: readonly number[] }>();
  const set = (tag: number, type: number, values: readonly number[]) => entries.set(tag, { type, values });
  set(256, long, [width]);
  set(257, long, [height]);
  set(258, short, new Array(bands).fill(bits));
  set(259, short, [1]);
  set(262, short, [photometric]);
  set(
    273,
    bigTiff ? long8 : long,
    packed.map(() => 0),
  );
  set(277, short, [bands]);
  set(278, long, [height]);
  set(
    279,
    bigTiff ? long8 : long,
    packed.map(({ length }) => length),
  );
  set(284, short, [planar ? 2 : 1]);
  if (palette) set(320, short, palette);
  if (extraSamples.length > 0) set(338, short, extraSamples);
  set(339, short, new Array(bands).fill(sampleFormat));
  for (const [tag, values] of Object.entries(tags)) set(Number(tag), long, values);

  const wide = bigTiff ? 8 : 4;
  const headerBytes = bigTiff ? 16 : 8;
  const entryBytes = bigTiff ? 20 : 12;
  const count = bigTiff ? 8 : 2;
  const directoryBytes = count + entries.size * entryBytes + wide;
  const sizeOf = ({ type, values }: { type: number; values: readonly number[] }) =>
    values.length * (type === short ? 2 : type === long ? 4 : 8);
  let outside = headerBytes + directoryBytes;
  const places = new Map<number, number>();
  for (const [tag, entry] of entries)
    if (sizeOf(entry) > wide) {
      places.set(tag, outside);
      outside += (sizeOf(entry) + 7) & ~7;
    }
  const offsets = packed.map((strip) => {
    const offset = outside;
    outside += strip.length;
    return offset;
  });
  set(273, bigTiff ? long8 : long, offsets);

  const file = Buffer.alloc(outside);
  const write = (value: number, at: number, bytes: number) => {
    if (bytes === 8) {
      if (bigEndian) file.writeBigUInt64BE(BigInt(value), at);
      else file.writeBigUInt64LE(BigInt(value), at);
    } else if (bigEndian) file.writeUIntBE(value, at, bytes);
    else file.writeUIntLE(value, at, bytes);
  };
  file.write(bigEndian ? 'MM' : 'II', 0, 'latin1');
  write(bigTiff ? 43 : 42, 2, 2);
  if (bigTiff) {
    write(8, 4, 2);
    write(headerBytes, 8, 8);
  } else write(headerBytes, 4, 4);
  write(entries.size, headerBytes, count);
  let at = headerBytes + count;
  for (const [tag, { type, values }] of [...entries].sort(([a], [b]) => a - b)) {
    write(tag, at, 2);
    write(type, at + 2, 2);
    write(values.length, at + 4, wide);
    const place = places.get(tag);
    if (place !== undefined) write(place, at + 4 + wide, wide);
    const bytes = type === short ? 2 : type === long ? 4 : 8;
    for (const [i, value] of values.entries()) write(value, (place ?? at + 4 + wide) + i * bytes, bytes);
    at += entryBytes;
  }
  for (const [i, strip] of packed.entries()) strip.copy(file, offsets[i]!);
  return file;
}

/** Rows begin at whole bytes. */
function packedRows(
  samples: readonly number[],
  perRow: number,
  bits: number,
  sampleFormat: number,
  bigEndian: boolean,
): Buffer {
  const rowBytes = Math.ceil((perRow * bits) / 8);
  const packed = Buffer.alloc((samples.length / perRow) * rowBytes);
  const view = new DataView(packed.buffer, packed.byteOffset);
  for (const [i, sample] of samples.entries()) {
    const at = Math.floor(i / perRow) * rowBytes + ((i % perRow) * bits) / 8;
    if (bits < 8) packed[Math.floor(at)]! |= sample << (8 - bits - 8 * (at % 1));
    else if (sampleFormat === 3 && bits === 32) view.setFloat32(at, sample, !bigEndian);
    else if (sampleFormat === 3 && bits === 64) view.setFloat64(at, sample, !bigEndian);
    else if (bits === 8) view.setUint8(at, sample);
    else if (bits === 16) view.setUint16(at, sample, !bigEndian);
    else if (bits === 32) view.setUint32(at, sample, !bigEndian);
  }
  return packed;
}
