import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as l10n from '@vscode/l10n';
import { extract } from 'tar';
import type { Words } from '../../core/words';
import { explained } from '../files/explain';
import { recordBytes, recordFiles } from './cifar10Records';
import type { LoadingOptions } from './loadingOptions';

/** What the record files must be, whichever archive they came from. */
export interface KnownRecords {
  readonly recordsPerFile: number;
  /** By file name, in hexadecimal. */
  readonly recordSha256: Readonly<Record<string, string>>;
}

/** The last file that is written: where the records came from. */
export const sourceName = 'source.txt';

/** What is wrong with a record file; null when nothing is. */
export async function recordFault(
  folder: string,
  file: string,
  { recordsPerFile, recordSha256 }: KnownRecords,
  signal?: AbortSignal,
): Promise<string | null> {
  const path = join(folder, file);
  const size = (await stat(path).catch(() => null))?.size ?? 0;
  const expected = recordsPerFile * recordBytes;
  if (size !== expected)
    return l10n.t('{0} in the archive has {1} bytes instead of {2}', file, size, expected);
  return hashFault(path, 'sha256', recordSha256[file]!, signal).then((fault) => fault && `${file}: ${fault}`);
}

/** Fills a temporary folder with the record files and, when all are right, renames it to `folder`. */
export async function publish(
  folder: string,
  source: Words,
  known: KnownRecords,
  signal: AbortSignal | undefined,
  fill: (temporary: string) => Promise<void>,
): Promise<Words> {
  await withTemporary(dirname(folder), async (temporary) => {
    await fill(temporary);
    for (const file of recordFiles) {
      const fault = await recordFault(temporary, file, known, signal);
      if (fault !== null) throw new Error(fault);
    }
    await writeFile(join(temporary, sourceName), JSON.stringify(source));
    await rename(temporary, folder);
  });
  return source;
}

export async function unpack(
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

/** @throws Error when the archive is another one, or damaged. */
export async function assertHash(
  archive: string,
  algorithm: Algorithm,
  expected: string,
  { signal, onProgress }: LoadingOptions,
): Promise<void> {
  onProgress?.({ message: l10n.t('CIFAR-10: checking {0}', basename(archive)), fraction: null });
  const fault = await hashFault(archive, algorithm, expected, signal);
  if (fault !== null) throw new Error(fault);
}

type Algorithm = 'sha256' | 'sha512';
const algorithmNames: Record<Algorithm, string> = { sha256: 'SHA-256', sha512: 'SHA-512' };

async function hashFault(
  path: string,
  algorithm: Algorithm,
  expected: string,
  signal?: AbortSignal,
): Promise<string | null> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
  const actual = hash.digest('hex');
  if (actual === expected) return null;
  return l10n.t(
    'its {0} is {1} instead of {2}',
    ...[algorithmNames[algorithm], short(actual), short(expected)],
  );
}

const temporaryPrefix = '.unpacking-';

/** Gives `work` a new folder in `parent` and removes it afterwards. Says in words what the disk refused. */
export async function withTemporary<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(parent, `${temporaryPrefix}${randomUUID()}`);
  try {
    await mkdir(folder);
    return await work(folder);
  } catch (error) {
    // Only what the system refused has a number; archives and pictures have codes of their own.
    const isSystem = typeof (error as NodeJS.ErrnoException).errno === 'number';
    throw isSystem ? explained(error, 'written', folder) : error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what processes that were killed have left. */
export async function removeTemporary(parent: string): Promise<void> {
  for (const name of await readdir(parent))
    if (name.startsWith(temporaryPrefix)) await rm(join(parent, name), { recursive: true, force: true });
}

const short = (hash: string) => `${hash.slice(0, 16)}…`;
