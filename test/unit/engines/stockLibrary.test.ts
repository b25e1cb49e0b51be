import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockName, writeLock, writePackages } from '../../../src/engines/tensorflow/binding/packages';
import { bindingVersion } from '../../../src/engines/tensorflow/installation';
import { fetchArchive, stockLibrary, unpackLibrary } from '../../../src/engines/tensorflow/stockLibrary';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'involution stock '));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe.each(['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'] as const)(
  'what npm fetches for %s',
  (name) => {
    it('is locked: a version and a hash for every package, and no old tar', () => {
      writePackages(folder, name);
      writeLock(folder, name);
      const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
      const { packages } = read('package-lock.json');
      const { dependencies, overrides } = read('package.json');
      expect(packages[''].dependencies).toEqual(dependencies);
      expect(packages[`node_modules/${name}`].version).toBe(bindingVersion);
      expect(lockName(name)).toMatch(/^tfjs-node(-gpu)?\.lock\.json$/);
      const fetched = Object.entries<{ link?: boolean; version: string; integrity: string }>(packages).filter(
        ([path, entry]) => path.startsWith('node_modules/') && !entry.link,
      );
      expect(fetched.length).toBeGreaterThan(50);
      for (const [path, { version, integrity }] of fetched) {
        expect(version, path).toMatch(/^\d+\.\d+\.\d+/);
        expect(integrity, path).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
        if (/(^|\/)node_modules\/tar$/.test(path)) expect(version).toBe(overrides.tar);
      }
    });
  },
);

describe('the stock TensorFlow', () => {
  let server: Server;
  let requests: string[];
  let content: Buffer;
  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => {
      requests.push(request.url!);
      response.writeHead(200, { 'content-length': content.length }).end(content);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const fetchIt = (hash: string | null, said: string[] = []) =>
    fetchArchive(
      { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/library.tar.gz`, sha256: hash },
      folder,
      { assertHeld: () => {}, onBytes: () => {}, onFetched: (sentence) => said.push(sentence) },
    );

  it('is what its pinned hash says, or is not kept', async () => {
    content = Buffer.from('a library');
    const said: string[] = [];
    const file = await fetchIt(sha256(content), said);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(said[0]).toMatch(/library\.tar\.gz: SHA-256 [0-9a-f]{64}, as expected$/);
    await expect(fetchIt('0'.repeat(64))).rejects.toThrow(
      `its SHA-256 is ${sha256(content)} instead of ${'0'.repeat(64)}. It was not unpacked`,
    );
    expect(await readdir(folder)).toEqual([]);
    await fetchIt(null, said);
    expect(said[1]).toMatch(/SHA-256 [0-9a-f]{64}; none is known to compare it with$/);
  });

  it('comes from one address over https, with a hash, wherever it comes at all', () => {
    const all = [
      'cpu linux x64',
      'gpu linux x64',
      'cpu linux arm64',
      'cpu darwin x64',
      'cpu darwin arm64',
      'cpu win32 x64',
    ];
    for (const words of all) {
      const [kind, platform, arch] = words.split(' ') as [string, NodeJS.Platform, NodeJS.Architecture];
      const { url, sha256: hash } = stockLibrary(kind === 'gpu', platform, arch);
      expect(url).toMatch(/^https:\/\/storage\.googleapis\.com\/(tensorflow|tf-builds)\//);
      expect(hash).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(() => stockLibrary(true, 'win32', 'x64')).toThrow(
      'there is no TensorFlow for a GPU to download for win32-x64 whose checksum is known. Install the one for a CPU, or choose the webgpu engine.',
    );
    expect(() => stockLibrary(false, 'freebsd', 'x64')).toThrow('Link to one that pip installs');
  });

  it('is laid out from an archive, or on Windows from a zip that reaches nowhere else', async () => {
    await mkdir(join(folder, 'lib'));
    await writeFile(join(folder, 'lib', 'libtensorflow.so'), 'library');
    const archive = join(folder, 'a.tar.gz.part');
    await create({ gzip: true, cwd: folder, file: archive }, ['lib']);
    await unpackLibrary(archive, join(folder, 'deps'));
    expect(readFileSync(join(folder, 'deps', 'lib', 'libtensorflow.so'), 'utf8')).toBe('library');

    const zip = join(folder, 'b.zip.part');
    const text = (words: string) => new TextEncoder().encode(words);
    const entries = {
      'tensorflow.dll': text('dll'),
      'include/tensorflow/c/c_api.h': text('header'),
      '../outside.txt': text('planted'),
      'lib/../../outside.txt': text('planted'),
      'other.exe': text('planted'),
    };
    await writeFile(zip, zipSync(entries));
    const deps = join(folder, 'windows', 'deps');
    await unpackLibrary(zip, deps);
    expect(readFileSync(join(deps, 'lib', 'tensorflow.dll'), 'utf8')).toBe('dll');
    expect((await readdir(deps)).sort()).toEqual(['include', 'lib']);
    for (const place of ['outside.txt', 'windows/outside.txt', 'windows/deps/other.exe'])
      expect(existsSync(join(folder, place))).toBe(false);
  });
});
