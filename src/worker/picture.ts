/** Grey (one channel) or RGB (three) as RGBA. */
export function opaque(pixels: Uint8Array, channels: number): Uint8Array {
  const count = pixels.length / channels;
  const rgba = new Uint8Array(4 * count).fill(255);
  for (let pixel = 0; pixel < count; pixel++)
    for (let channel = 0; channel < 3; channel++)
      rgba[4 * pixel + channel] = pixels[channels * pixel + Math.min(channel, channels - 1)]!;
  return rgba;
}
