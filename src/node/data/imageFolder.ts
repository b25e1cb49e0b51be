import { basename, join } from 'node:path';
import * as l10n from '@vscode/l10n';
import type { DataSpecOf } from '../../core/data/dataKinds';
import type { Dataset, SkippedFile, Split } from '../../core/data/dataset';
import { seededSplit } from '../../core/random';
import { ImageError, readImage } from '../images/readImage';
import { gigabytes, memoryLimit, processorLimit } from '../machine';
import { type ClassFile, listClassFolders } from './classFolders';
import type { LoadingOptions } from './loadingOptions';
import { sharedBytes } from './sharedBytes';

type FolderSpec = DataSpecOf<'folder'>;

interface Decoded extends ClassFile {
  readonly rgb: Uint8Array;
}

/**
 * A folder with one subfolder per class; what lies deeper belongs to the class too. Every image is stretched to
 * imageSize × imageSize (see readImage for colours, orientation, transparency). The seed decides, class by class,
 * which images are held out for validation. Files that can't be used are skipped and listed; a class that is left with
 * fewer than two images is an error.
 */
export async function loadImageFolder(
  spec: FolderSpec,
  { seed, signal, onProgress }: LoadingOptions & { seed: number },
): Promise<Omit<Dataset, 'fingerprint'>> {
  onProgress?.({ message: l10n.t('Looking through {0}', spec.path), fraction: null });
  const { classes, files, skipped } = await listClassFolders(spec.path, signal);
  assertFits(files.length, spec);

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
  const lost = skipped.filter(({ path }) => path === name || path.startsWith(`${name}/`));
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
