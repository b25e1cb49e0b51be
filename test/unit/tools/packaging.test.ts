import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkNativeParts, platformsOf } from '../../../src/tools/packaging/nativeParts';
import { currentPlatform, platforms } from '../../../src/tools/packaging/platforms';

const words = (...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
  return bytes;
};
/** The beginnings of files as linkers write them. */
const headers = {
  linuxArm: Buffer.concat([words(0x7f454c46, 0x02010100, 0, 0), Buffer.from([3, 0, 183, 0])]),
  darwinArm: words(0xcffaedfe, 0x0c000001),
  universal: words(0xcafebabe, 2, 0x01000007, 3, 0x1000, 0x100, 12, 0x0100000c, 0, 0x2000, 0x100, 14),
  windows: Buffer.concat([
    Buffer.from('MZ'),
    Buffer.alloc(58),
    Buffer.from([64, 0, 0, 0]),
    Buffer.from('PE\0\0'),
    Buffer.from([0x64, 0x86]),
  ]),
};

describe('the platform of a native file', () => {
  it('is read from its header', () => {
    expect(platformsOf(headers.linuxArm)).toEqual(['linux-arm64']);
    expect(platformsOf(headers.darwinArm)).toEqual(['darwin-arm64']);
    expect(platformsOf(headers.universal)).toEqual(['darwin-x64', 'darwin-arm64']);
    expect(platformsOf(headers.windows)).toEqual(['win32-x64']);
    expect(platformsOf(Buffer.from('#!/bin/sh'))).toEqual([]);
    expect(platformsOf(readFileSync(process.execPath))).toContain(currentPlatform());
  });
});

describe('the native parts of a package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'involution-natives-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const platform = currentPlatform();
  const modules = 'node_modules';

  it('must be there', () => {
    const dawn = join(modules, 'webgpu', 'dist', platforms[platform].dawn);
    cpSync(dawn, join(folder, 'webgpu'), { recursive: true });
    expect(() => checkNativeParts(folder, platform)).toThrow(`npm did not bring sharp-${platform}`);
    for (const name of readdirSync(join(modules, '@img')).filter((name) => name.endsWith(platform)))
      cpSync(join(modules, '@img', name), join(folder, name), { recursive: true });
    expect(() => checkNativeParts(folder, platform)).not.toThrow();
  });

  it('must be for its platform', () => {
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'other', 'other.node'), headers.windows);
    const other = platform === 'win32-x64' ? 'linux-arm64' : platform;
    expect(() => checkNativeParts(join(folder, 'other'), other)).toThrow(
      `other.node is for win32-x64, not for ${other}.`,
    );
  });
});
