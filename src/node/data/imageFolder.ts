import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import * as l10n from '@vscode/l10n';
import type { Dataset, SkippedFile, Split } from '../../core/data/dataset';
import { seededSplit } from '../../core/random';
import type { DataSpec } from '../../core/runs/spec';
import { ImageError, readImage } from '../images/readImage';
import { memoryLimit, processorLimit } from '../machine';
import type { LoadingOptions } from './loadingOptions';
import { sharedBytes } from './sharedBytes';

type FolderSpec = Extract<DataSpec, { kind: 'folder' }>;

/** An image of a class; `path` is relative to the data set's folder. */
interface Listed {
  readonly path: string;
  readonly label: number;
}
interface Decoded extends Listed {
  readonly rgb: Uint8Array;
}

/** Labels are bytes. */
const mostClasses = 256;
/** What operating systems leave in folders is no one's data. */
const litter = new Set(['Thumbs.db', 'desktop.ini']);

/**
 * A folder with one subfolder a class; what lies deeper belongs to the class too. Every image is stretched to
 * imageSize × imageSize (see readImage for colours, orientation, transparency). The seed decides, class by class,
 * which images are held out for validation. Files that can't be used are skipped and listed; a class that is left with
 * fewer than two images is an error.
 */
export async function loadImageFolder(
  spec: FolderSpec,
  { seed, signal, onProgress }: LoadingOptions & { seed: number },
): Promise<Omit<Dataset, 'fingerprint'>> {
  onProgress?.({ message: l10n.t('Looking through {0}', spec.path), fraction: null });
  const { classes, files, stray } = await listClasses(spec.path, signal);
  assertFits(files.length, spec);

  const skipped: SkippedFile[] = [...stray];
  const decoded: (Decoded | undefined)[] = new Array(files.length);
  let done = 0;
  const report = () => {
    if (Math.floor((100 * done) / files.length) === Math.floor((100 * (done - 1)) / files.length)) return;
    onProgress?.({
      message: l10n.t('Reading images: {0} of {1}', done, files.length),
      fraction: done / files.length,
    });
  };
  await inParallel(files, signal, async (file, index) => {
    try {
      const size = { width: spec.imageSize, height: spec.imageSize };
      decoded[index] = { ...file, rgb: (await readImage(join(spec.path, file.path), size)).rgb };
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      skipped.push({ path: file.path, reason: error.reason });
    }
    done++;
    report();
  });
  skipped.sort((a, b) => (a.path < b.path ? -1 : 1));

  const usable = decoded.filter((image) => image !== undefined);
  const { train, validation } = holdOut(usable, classes, spec, seed, skipped);
  return {
    name: basename(spec.path),
    classes,
    imageShape: [spec.imageSize, spec.imageSize, 3],
    train: pack(train),
    validation: pack(validation),
    source: l10n.t('image folder {0}', spec.path),
    skipped,
  };
}

async function listClasses(
  folder: string,
  signal?: AbortSignal,
): Promise<{ classes: string[]; files: Listed[]; stray: SkippedFile[] }> {
  const entries = await classEntries(folder).catch((error: NodeJS.ErrnoException) => {
    const reason =
      error.code === 'ENOENT'
        ? l10n.t('does not exist')
        : error.code === 'ENOTDIR'
          ? l10n.t('is a file, not a folder')
          : l10n.t("can't be read: {0}", error.message);
    throw new Error(
      l10n.t(
        'The image folder {0} {1}. Give a folder with one subfolder of images a class.',
        ...[folder, reason],
      ),
    );
  });
  const classes = entries.filter(({ isFolder }) => isFolder).map(({ name }) => name);
  if (classes.length < 2 || classes.length > mostClasses)
    throw new Error(
      l10n.t(
        'The image folder {0} has {1}; a data set has 2 to {2}, one a class, named after it.',
        folder,
        classes.length === 1 ? l10n.t('1 subfolder') : l10n.t('{0} subfolders', classes.length),
        mostClasses,
      ),
    );
  const files: Listed[] = [];
  for (const [label, name] of classes.entries()) {
    signal?.throwIfAborted();
    for (const path of await filesBelow(join(folder, name)))
      files.push({ path: relative(folder, path).split(sep).join('/'), label });
  }
  const stray = entries
    .filter(({ isFolder }) => !isFolder)
    .map(({ name }) => ({ path: name, reason: l10n.t('lies in no class folder') }));
  return { classes, files, stray };
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** Without hidden entries, by name (as code units compare: the same order, so the same split, everywhere). */
async function sortedEntries(folder: string): Promise<Entry[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter(({ name }) => !name.startsWith('.') && !litter.has(name))
    .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A class may be a link to a folder elsewhere; deeper links to folders, which may form rings, are not followed. */
async function classEntries(folder: string): Promise<Entry[]> {
  const entries = await sortedEntries(folder);
  return Promise.all(
    entries.map(async ({ name }) => ({ name, isFolder: await isFolder(join(folder, name)) })),
  );
}

const isFolder = (path: string) =>
  stat(path).then(
    (target) => target.isDirectory(),
    // A link to nowhere.
    () => false,
  );

async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const { name, isFolder } of await sortedEntries(folder)) {
    const path = join(folder, name);
    if (isFolder) files.push(...(await filesBelow(path)));
    else files.push(path);
  }
  return files;
}

function assertFits(fileCount: number, { path, imageSize }: FolderSpec): void {
  // Once as they are decoded and once as the two splits.
  const needed = 2 * fileCount * imageSize ** 2 * 3;
  const allowed = 0.8 * memoryLimit();
  if (needed <= allowed) return;
  throw new Error(
    l10n.t(
      'The image folder {0} has {1} files: at {2}×{2} pixels they take {3} of memory, and there are {4}. Choose a smaller image size.',
      ...[path, fileCount, imageSize, gigabytes(needed), gigabytes(memoryLimit())],
    ),
  );
}

/** Decoding runs on threads of its own; this many files are under way at a time. */
async function inParallel<T>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries();
  const lane = async () => {
    for (const [index, item] of queue) {
      signal?.throwIfAborted();
      await work(item, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(processorLimit(), 8) }, lane));
}

function holdOut(
  images: readonly Decoded[],
  classes: readonly string[],
  { path, validationSplit }: FolderSpec,
  seed: number,
  skipped: readonly SkippedFile[],
): { train: Decoded[]; validation: Decoded[] } {
  const train: Decoded[] = [];
  const validation: Decoded[] = [];
  for (const [label, name] of classes.entries()) {
    const ofClass = images.filter((image) => image.label === label);
    if (ofClass.length < 2) throw tooFew(name, path, ofClass.length, skipped);
    const { kept, held } = seededSplit(ofClass.length, validationSplit, seed, label);
    for (const index of kept) train.push(ofClass[index]!);
    for (const index of held) validation.push(ofClass[index]!);
  }
  return { train, validation };
}

function tooFew(name: string, path: string, usable: number, skipped: readonly SkippedFile[]): Error {
  const problem =
    usable === 0
      ? l10n.t(
          'The class "{0}" of {1} has no usable image; it needs at least two, one to train and one to validate with.',
          ...[name, path],
        )
      : l10n.t(
          'The class "{0}" of {1} has only one usable image; it needs at least two, one to train and one to validate with.',
          ...[name, path],
        );
  const lost = skipped.filter((file) => file.path.startsWith(`${name}/`));
  if (lost.length === 0) return new Error(problem);
  const named = lost.slice(0, 5).map((file) => `${file.path} ${file.reason}`);
  if (lost.length > 5) named.push(l10n.t('and {0} more', lost.length - 5));
  return new Error(`${problem} ${l10n.t('Skipped: {0}.', named.join('; '))}`);
}

function pack(images: readonly Decoded[]): Split {
  const imageBytes = images[0]!.rgb.length;
  const pixels = sharedBytes(images.length * imageBytes);
  for (const [index, { rgb }] of images.entries()) pixels.set(rgb, index * imageBytes);
  return { images: pixels, labels: Uint8Array.from(images, ({ label }) => label), count: images.length };
}

const gigabytes = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GB`;
