import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Platform } from './platforms';

/** Processors by the numbers that ELF, Mach-O and PE files have for them. */
const elfProcessors: Record<number, string> = { 62: 'x64', 183: 'arm64' };
const machProcessors: Record<number, string> = { 16777223: 'x64', 16777228: 'arm64' };
const peProcessors: Record<number, string> = { 34404: 'x64', 43620: 'arm64' };

/** The platforms a native file runs on, by its header; a universal file of macOS runs on two. */
export function platformsOf(file: Buffer): string[] {
  switch (file.toString('latin1', 0, 4)) {
    case '\x7fELF':
      return [`linux-${elfProcessors[file.readUInt16LE(18)]}`];
    case '\xcf\xfa\xed\xfe':
      return [`darwin-${machProcessors[file.readUInt32LE(4)]}`];
    case '\xca\xfe\xba\xbe':
      return Array.from(
        { length: file.readUInt32BE(4) },
        (_, i) => `darwin-${machProcessors[file.readUInt32BE(8 + 20 * i)]}`,
      );
  }
  if (file.toString('latin1', 0, 2) !== 'MZ') return [];
  return [`win32-${peProcessors[file.readUInt16LE(file.readUInt32LE(0x3c) + 4)]}`];
}

/** @throws Error unless Dawn and sharp are in `folder`, and every native file there is for `platform`. */
export function checkNativeParts(folder: string, platform: Platform): void {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(node|dll|dylib|so(\.[\d.]+)?)$/.test(file),
  );
  for (const file of files) {
    const runsOn = platformsOf(readFileSync(join(folder, file)));
    if (!runsOn.includes(platform))
      throw new Error(`${file} is for ${runsOn.join(' and ') || 'no known platform'}, not for ${platform}.`);
  }
  const names = files.map((file) => basename(file));
  for (const wanted of ['dawn.node', `sharp-${platform}`, 'libvips'])
    if (!names.some((name) => name.startsWith(wanted)))
      throw new Error(`npm did not bring ${wanted} for ${platform}.`);
}
