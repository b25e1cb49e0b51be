import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readInstallation } from '../../../src/engines/tensorflow/installation';
import { assertOwnCache, ensureCacheFolder } from '../../../src/node/cacheFolder';

let folder: string;
let cache: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'involution cache '));
  cache = join(folder, 'cache');
  vi.stubEnv('INVOLUTION_LAB_CACHE', cache);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe.runIf(process.getuid)('the cache folder', () => {
  it('is made for its user alone', () => {
    expect(ensureCacheFolder('engines')).toBe(join(cache, 'engines'));
    for (const made of [cache, join(cache, 'engines')]) expect(statSync(made).mode & 0o777).toBe(0o700);
  });

  it('may be a link of one’s own, and may not be there yet', () => {
    assertOwnCache('engines');
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), cache);
    expect(ensureCacheFolder('cifar-10')).toBe(join(cache, 'cifar-10'));
  });

  it('that somebody else made is refused, before anything in it is loaded', () => {
    ensureCacheFolder('engines', 'tensorflow');
    // Somebody else than the owner asks.
    vi.spyOn(process, 'getuid').mockReturnValue(process.getuid!() + 4711);
    const isRoot = statSync(cache).uid === 0;
    if (isRoot) chownSync(join(cache, 'engines'), 4712, 4712);
    const refused = isRoot ? join(cache, 'engines') : cache;
    const words = `The cache folder ${refused} can't be trusted: it belongs to another user. Set INVOLUTION_LAB_CACHE`;
    expect(() => assertOwnCache('engines', 'tensorflow')).toThrow(words);
    expect(() => ensureCacheFolder('engines')).toThrow(words);
    expect(() => readInstallation()).toThrow(words);
  });

  it('that everybody may write to is refused', () => {
    mkdirSync(cache);
    chmodSync(cache, 0o777);
    expect(() => ensureCacheFolder('engines')).toThrow(
      `The cache folder ${cache} can't be trusted: every user may write to it.`,
    );
  });

  it('that can’t be made is said in words', () => {
    writeFileSync(cache, 'a file');
    expect(() => ensureCacheFolder('engines')).toThrow(
      /cache.* can't be made: .*\. Or set INVOLUTION_LAB_CACHE to a folder that you can write to\.$/,
    );
  });
});
