import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import * as l10n from '@vscode/l10n';
import type { SkippedFile } from '../../core/data/dataset';
import { type Entry, folderEntries, folderProblem } from './folderEntries';

/** A file of a class; `path` is relative to the data set's folder, its parts joined by "/". */
export interface ClassFile {
  readonly path: string;
  readonly label: number;
}

export interface ClassFolders {
  readonly classes: string[];
  /** Class by class. */
  readonly files: ClassFile[];
  /** What lies in no class, and what can't be reached. */
  readonly skipped: SkippedFile[];
}

/** Labels are bytes. */
const mostClasses = 256;

/** What the parts of a data set are called that somebody has split already. */
const partNames: ReadonlySet<string> = new Set([
  ...['train', 'training', 'trainset'],
  ...['test', 'testing', 'testset'],
  ...['val', 'valid', 'validation', 'dev', 'eval', 'evaluation'],
]);

/**
 * The subfolders of a folder as classes, and the files in them at any depth. A class may be a link to a folder
 * elsewhere; links to folders below it, which may form rings, are not followed.
 * @throws what listClasses does
 */
export async function listClassFolders(folder: string, signal?: AbortSignal): Promise<ClassFolders> {
  const { classes, skipped } = await listClasses(folder);
  const files: ClassFile[] = [];
  const listing = { folder, files, skipped, signal };
  for (const [label, name] of classes.entries()) await listFiles(name, label, listing);
  return { classes, files, skipped };
}

/**
 * The classes alone. Throws an error that says what is wrong with the folder: classes whose names can't be told apart,
 * or that are the parts of a data set that was split.
 */
export async function listClasses(folder: string): Promise<Omit<ClassFolders, 'files'>> {
  const skipped: SkippedFile[] = [];
  const classes: string[] = [];
  for (const entry of await topEntries(folder)) {
    const reason = await reasonNotToBeClass(folder, entry);
    if (reason) skipped.push({ path: entry.name, reason });
    else classes.push(entry.name);
  }
  await assertClasses(folder, classes);
  return { classes, skipped };
}

async function topEntries(folder: string): Promise<Entry[]> {
  try {
    return await folderEntries(folder);
  } catch (error) {
    throw new Error(
      l10n.t(
        'The image folder {0} {1}. Give a folder with one subfolder of images per class.',
        ...[folder, folderProblem(error as NodeJS.ErrnoException)],
      ),
    );
  }
}

/** Null for a class. Throws for a class that would vanish. */
async function reasonNotToBeClass(folder: string, entry: Entry): Promise<string | null> {
  const { name, isFolder, isUnreachable } = entry;
  if (isUnreachable) {
    if (!isFolder) return notUtf8();
    throw new Error(
      l10n.t(
        'The name of the class folder "{0}" in {1} is not UTF-8 text, so it can\'t be opened. Rename it.',
        ...[name, folder],
      ),
    );
  }
  if (isFolder) return null;
  try {
    const path = join(folder, name);
    if (!(await stat(path)).isDirectory()) return l10n.t('lies in no class folder');
    const [target, own] = await Promise.all([realpath(path), realpath(folder)]);
    return `${own}${sep}`.startsWith(target.endsWith(sep) ? target : `${target}${sep}`)
      ? l10n.t('is a link to the folder that it lies in')
      : null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT'
      ? l10n.t('is a link to what does not exist')
      : folderProblem(error as NodeJS.ErrnoException);
  }
}

async function assertClasses(folder: string, classes: readonly string[]): Promise<void> {
  const parts = classes.filter((name) => partNames.has(name.toLowerCase()));
  if (parts.length > 0 && (parts.length === classes.length || (await areSplit(folder, parts))))
    throw new Error(
      l10n.t(
        'The subfolders {0} of {1} are the parts of a data set that is split already, not classes. Give one of them, as {2}; what is held out for validation is drawn from it.',
        ...[parts.map((name) => `"${name}"`).join(', '), folder, join(folder, trainingPart(parts))],
      ),
    );
  if (classes.length < 2 || classes.length > mostClasses)
    throw new Error(
      l10n.t(
        'The image folder {0} has {1}; a data set has 2 to {2}, one per class, named after it.',
        folder,
        classes.length === 1 ? l10n.t('1 subfolder') : l10n.t('{0} subfolders', classes.length),
        mostClasses,
      ) + (await hint(folder, classes)),
    );
  const seen = new Map<string, string>();
  for (const name of classes) {
    const shown = name.normalize('NFC').trim();
    if (seen.has(shown))
      throw new Error(
        l10n.t(
          'Two class folders of {0} are both called "{1}": their names differ only in spaces at the end or in how accents are encoded. Rename one, or put the images into one folder.',
          ...[folder, shown],
        ),
      );
    seen.set(shown, name);
  }
}

/** Several parts among other folders are parts all the same when each holds folders, as a class seldom does. */
async function areSplit(folder: string, parts: readonly string[]): Promise<boolean> {
  if (parts.length < 2) return false;
  const inner = await Promise.all(parts.map((name) => subfolders(join(folder, name))));
  return inner.every((names) => names.length > 0);
}

const trainingPart = (parts: readonly string[]) =>
  parts.find((name) => name.toLowerCase().startsWith('train')) ?? parts[0]!;

/** An archive is often unpacked into a folder of its own name. */
async function hint(folder: string, classes: readonly string[]): Promise<string> {
  if (classes.length !== 1) return '';
  const inner = join(folder, classes[0]!);
  return (await subfolders(inner)).length < 2
    ? ''
    : ` ${l10n.t('If the classes are the subfolders of {0}, give that folder.', inner)}`;
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await folderEntries(folder).catch(() => []);
  return entries.filter(({ isFolder }) => isFolder).map(({ name }) => name);
}

/** Into the lists of the listing: all that lies in a class folder, or in a folder below it. */
async function listFiles(
  path: string,
  label: number,
  listing: Pick<ClassFolders, 'files' | 'skipped'> & { folder: string; signal?: AbortSignal },
): Promise<void> {
  const { folder, files, skipped, signal } = listing;
  signal?.throwIfAborted();
  const entries = await folderEntries(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
    skipped.push({ path, reason: folderProblem(error) });
    return [];
  });
  for (const { name, isFolder, isUnreachable } of entries) {
    const inner = `${path}/${name}`;
    if (isUnreachable) skipped.push({ path: inner, reason: notUtf8() });
    else if (isFolder) await listFiles(inner, label, listing);
    else files.push({ path: inner, label });
  }
}

const notUtf8 = () => l10n.t("has a name that is not UTF-8 text, so it can't be opened; rename it");
