import type { ReadableFormat } from './formats';
import { tiffTags } from './tiffTags';

/** What a file that could not be decoded shows of its damage when its structure is walked along. */
export type Damage = 'truncated' | 'checksum' | 'unknown';

/**
 * Looks for itself. The decoder's own message is of no use: all threads write theirs into one place, so that it may
 * speak of another file.
 */
export function findDamage(bytes: Buffer, format: ReadableFormat): Damage {
  try {
    return walks[format](bytes);
  } catch (error) {
    // A field beyond the end of the file.
    if (error instanceof RangeError) return 'truncated';
    throw error;
  }
}

const truncatedIf = (isTruncated: boolean): Damage => (isTruncated ? 'truncated' : 'unknown');

const walks: Readonly<Record<ReadableFormat, (bytes: Buffer) => Damage>> = {
  PNG(bytes) {
    let checksum = false;
    for (let at = 8; ; ) {
      const length = bytes.readUInt32BE(at);
      const end = at + 8 + length;
      const type = bytes.toString('latin1', at + 4, at + 8);
      // What is no name of a chunk can't be walked over.
      if (!/^[A-Za-z]{4}$/.test(type)) return checksum ? 'checksum' : 'unknown';
      if (bytes.readUInt32BE(end) !== crc32(bytes.subarray(at + 4, end))) checksum = true;
      if (type === 'IEND') return checksum ? 'checksum' : 'unknown';
      at = end + 4;
    }
  },

  JPEG(bytes) {
    let at = 2;
    for (;;) {
      if (bytes.readUInt8(at) !== 0xff) return 'unknown';
      const marker = bytes.readUInt8(at + 1);
      if (marker === 0xff) at++;
      else if (marker === endOfImage) return 'unknown';
      else if (marker === startOfScan) at = endOfScan(bytes, at + 2 + bytes.readUInt16BE(at + 2));
      else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
      else at += 2 + bytes.readUInt16BE(at + 2);
    }
  },

  GIF(bytes) {
    const tableBytes = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
    const afterBlocks = (at: number) => {
      while (bytes.readUInt8(at) > 0) at += 1 + bytes.readUInt8(at);
      return at + 1;
    };
    let at = 13 + tableBytes(bytes.readUInt8(10));
    for (;;) {
      const block = bytes.readUInt8(at);
      if (block === 0x21) at = afterBlocks(at + 2);
      else if (block === 0x2c) at = afterBlocks(at + 11 + tableBytes(bytes.readUInt8(at + 9)));
      // The trailer, or what is no block.
      else return 'unknown';
    }
  },

  WebP: (bytes) => truncatedIf(bytes.readUInt32LE(4) + 8 > bytes.length),

  TIFF(bytes) {
    const tags = tiffTags(bytes);
    return typeof tags === 'string' ? tags : truncatedIf(tags.end > bytes.length);
  },

  AVIF(bytes) {
    for (let at = 0; at < bytes.length; ) {
      const length = bytes.readUInt32BE(at);
      // 0: up to the end of the file.
      if (length === 0) return 'unknown';
      const whole = length === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : length;
      if (whole < 8) return 'unknown';
      at += whole;
      if (at > bytes.length) return 'truncated';
    }
    return 'unknown';
  },

  SVG: () => 'unknown',
};

const [endOfImage, startOfScan] = [0xd9, 0xda];

/** Where the next marker is after the compressed data that begins here. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = from; ; at++) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) throw new RangeError();
    const next = bytes.readUInt8(at + 1);
    const isData = next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7);
    if (!isData) return at;
  }
}

/** The CRC-32 of PNG; Node's own came with 20.15. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});
