import { crc32, deflateSync } from 'node:zlib';

/** Chunks that sharp does not write, or writes only of its own accord. */
export function png(header: PngHeader, rows: readonly number[][], chunks: readonly Chunk[] = []): Buffer {
  const { width, bits = 8, colourType } = header;
  const ihdr = Buffer.alloc(13);
  ihdr.writeUInt32BE(width, 0);
  ihdr.writeUInt32BE(rows.length, 4);
  ihdr.set([bits, colourType], 8);
  const pixels = Buffer.from(rows.flatMap((row) => [0, ...row]));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    ...([['IHDR', ihdr], ...chunks, ['IDAT', deflateSync(pixels)], ['IEND', []]] as Chunk[]).map(chunk),
  ]);
}

export interface PngHeader {
  readonly width: number;
  readonly bits?: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
  readonly colourType: number;
}

export type Chunk = readonly [name: string, content: ArrayLike<number>];

function chunk([name, content]: Chunk): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), Uint8Array.from(content)]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
