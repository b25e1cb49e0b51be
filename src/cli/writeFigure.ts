import { randomBytes } from 'node:crypto';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Figure } from '../core/figure';
import { UsageError } from '../core/usageError';

/**
 * Whether a figure may go to this file, before anything is computed: nothing that is read and nothing that is not such
 * a figure itself may be lost.
 * @param inputs files, or folders of files, that the figure is made from
 */
export async function checkFigureFile(file: string, inputs: readonly string[]): Promise<void> {
  const ending = extname(file);
  if (ending !== '' && ending.toLowerCase() !== '.png')
    throw new UsageError(`A figure is written as a PNG: ${file} should end in .png.`);
  const target = await found(file);
  const folder = await found(dirname(resolve(file)));
  for (const input of inputs) {
    const source = await found(input);
    if (resolve(input) === resolve(file) || (source && target && isSame(source, target)))
      throw new UsageError(`--out ${file} is what the figure is made from (${input}). Give it another name.`);
    if (source?.isDirectory() && (await isBelow(file, input)))
      throw new UsageError(
        `--out ${file} lies in ${input}, whose files are taken for images. Give it another place.`,
      );
  }
  if (!folder?.isDirectory())
    throw new Error(`The folder ${dirname(resolve(file))} of --out does not exist. Make it first.`);
  if (target?.isDirectory()) throw new Error(`--out ${file} is a folder: name a file in it.`);
  if (!target?.isFile() || target.size === 0n) return;
  const { isFigure } = await import('../node/images/figurePng');
  if (!(await isFigure(file)))
    throw new Error(
      `--out ${file} exists, and is not a figure of this program: it would be lost. Give another name, or delete it first.`,
    );
}

/** As a PNG. Where this machine has no font its words can't be read: the error stream says so. */
export async function writeFigure(figure: Figure, file: string): Promise<void> {
  const { canDrawText, figurePng } = await import('../node/images/figurePng');
  if (!(await canDrawText()))
    console.error(
      "involution: no font is installed here, so the picture's words are empty boxes (fonts-dejavu-core has one).",
    );
  const png = await figurePng(figure);
  const target = await found(file);
  try {
    // A device, as /dev/stdout.
    if (target && !target.isFile()) await writeFile(file, png);
    else await replaceFile(file, png);
  } catch (error) {
    throw new Error(
      `The figure can't be written to ${resolve(file)}: ${reasonOf(error as NodeJS.ErrnoException)}.`,
    );
  }
}

/** There is the whole figure in the end, or what was there before. */
async function replaceFile(file: string, content: Buffer): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(temporary, content, { flag: 'wx' });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

const found = (path: string) => stat(path, { bigint: true }).catch(() => null);
type Found = NonNullable<Awaited<ReturnType<typeof found>>>;

const isSame = (a: Found, b: Found) => a.dev === b.dev && a.ino === b.ino;

/** By what the folders are, not by how they are written: through links, in other case. */
async function isBelow(file: string, folder: string): Promise<boolean> {
  const top = await found(folder);
  if (!top) return false;
  const place = dirname(resolve(file));
  for (let above = await realpath(place).catch(() => place); ; above = dirname(above)) {
    const each = await found(above);
    if (each && isSame(each, top)) return true;
    if (above === dirname(above)) return false;
  }
}

function reasonOf({ code }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not write there';
    case 'EROFS':
      return 'the disk is read-only';
    case 'ENOENT':
      return 'its folder is gone';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return `the disk refused it (${code})`;
  }
}
