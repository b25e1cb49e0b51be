import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolders } from '../../../src/node/files/makeFolders';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'involution-folders-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a folder with those above it', () => {
  it('is made once', () => {
    const path = join(folder, 'a', 'b', 'c');
    expect(makeFolders(path, 0o700)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(makeFolders(path)).toBe(false);
  });

  it('may be there through a link', () => {
    symlinkSync(folder, join(folder, 'link'));
    expect(makeFolders(join(folder, 'link'))).toBe(false);
    expect(makeFolders(join(folder, 'link', 'a'))).toBe(true);
    expect(existsSync(join(folder, 'a'))).toBe(true);
  });

  it('has words for a file in its way', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => makeFolders(join(folder, 'file'))).toThrow(/file can't be made: /);
    expect(() => makeFolders(join(folder, 'file', 'a'))).toThrow(/a can't be made: /);
  });

  // Node's own way with `recursive` goes on for ever there.
  it.runIf(process.platform === 'linux')('has words where no folder can be', () => {
    expect(() => makeFolders('/proc/involution/runs')).toThrow(/^\/proc\/involution can't be made: /);
  });
});
