import { isTiff, tiffTags } from './tiffTags';

/**
 * The largest side, in pixels, that a file declares in the formats whose sides may have 32 bits or any number of
 * digits. The decoder reads a side that is beyond its own counting as 1, and complains on the error stream.
 */
export function declaredSide(bytes: Buffer): number {
  if (bytes.length >= 24 && bytes.toString('latin1', 12, 16) === 'IHDR')
    return Math.max(bytes.readUInt32BE(16), bytes.readUInt32BE(20));
  if (isTiff(bytes)) {
    const tags = tiffTags(bytes);
    return typeof tags === 'string' ? 0 : Math.max(tags.width, tags.height);
  }
  if (bytes.toString('latin1', 4, 8) === 'ftyp') return heifSide(bytes);
  const head = bytes.subarray(0, 65_536);
  return head.includes('<svg') ? svgSide(head.toString('latin1')) : 0;
}

/** Of the image spatial extents, which stand before the pixels. */
function heifSide(bytes: Buffer): number {
  let side = 0;
  const head = bytes.subarray(0, 65_536);
  for (let at = head.indexOf('ispe'); at >= 0 && at + 16 <= bytes.length; at = head.indexOf('ispe', at + 4))
    side = Math.max(side, bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12));
  return side;
}

/** Of the root element: its width, its height, or the extent of its view. */
function svgSide(text: string): number {
  const root = /<svg\s[^>]*>/.exec(text)?.[0] ?? '';
  const sizes = [
    ...root.matchAll(/\s(?:width|height)\s*=\s*["']\s*\+?([\d.]+(?:e\+?\d+)?)\s*([a-z]*)/gi),
  ].map(
    // The longest unit is the inch.
    ([, number, unit]) => Number(number) * (unit === '' || unit === 'px' ? 1 : 96),
  );
  const view = /\sviewBox\s*=\s*["']([^"']*)/i.exec(root)?.[1] ?? '';
  const extent = view
    .trim()
    .split(/[\s,]+/)
    .slice(2)
    .map(Number);
  return Math.max(0, ...[...sizes, ...extent].filter((size) => !Number.isNaN(size)));
}
