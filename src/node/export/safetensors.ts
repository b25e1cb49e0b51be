import { strFromU8 } from 'fflate';
import type { Exporter } from './exporter';
import { readStoredNetwork, type StoredNetwork } from './storedNetwork';

export const safetensors: Exporter = {
  async files({ checkpoint, origin, manifest }, name) {
    const metadata = { ...origin, classes: manifest.data.classes.join(', ') };
    return { [name]: safetensorsFile(await readStoredNetwork(checkpoint), metadata) };
  },
  noteIn: (name) => name,
  originIn(content) {
    const { buffer, byteOffset } = content;
    const length = Number(new DataView(buffer, byteOffset).getBigUint64(0, true));
    return JSON.parse(strFromU8(content.subarray(8, 8 + length))).__metadata__;
  },
};

/**
 * The weights as a safetensors file: u64 header length, JSON header padded to 8 bytes, then the values without gaps.
 * Names and shapes are TF.js's ("inv_1/conv1_kernel", [1, 1, in, out]); `metadata` tells what they belong to.
 */
export function safetensorsFile({ weights }: StoredNetwork, metadata: Record<string, string>): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, shape, values } of weights.values()) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const text = JSON.stringify(header);
  const json = Buffer.from(
    text.padEnd(Math.ceil(Buffer.byteLength(text) / 8) * 8 - Buffer.byteLength(text) + text.length),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const parts = [...weights.values()].map(({ values }) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  );
  return Buffer.concat([length, json, ...parts]);
}
