import { stat } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import type { Figure } from '../core/figure';
import { UsageError } from '../core/usageError';
import { pathsUpwards } from '../node/files/within';
import { checkOutputFile, writeOutputFile } from './outputFile';

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
  for (const input of inputs) {
    const source = await found(input);
    if (resolve(input) === resolve(file) || (source && target && isSame(source, target)))
      throw new UsageError(`--out ${file} is what the figure is made from (${input}). Give it another name.`);
    if (source?.isDirectory() && (await isBelow(file, input)))
      throw new UsageError(
        `--out ${file} lies in ${input}, whose files are taken for images. Give it another place.`,
      );
  }
  await checkOutputFile(file, '--out', async () => {
    const { isFigure } = await import('../node/images/figurePng');
    return (await isFigure(file)) ? null : 'is not a figure of this program';
  });
}

/** As a PNG. Where this machine has no font its words can't be read: the error stream says so. */
export async function writeFigure(figure: Figure, file: string): Promise<void> {
  const { canDrawText, figurePng } = await import('../node/images/figurePng');
  if (!(await canDrawText()))
    console.error(
      "involution: no font is installed here, so the picture's words are empty boxes (fonts-dejavu-core has one).",
    );
  await writeOutputFile(file, await figurePng(figure));
}

const found = (path: string) => stat(path, { bigint: true }).catch(() => null);
type Found = NonNullable<Awaited<ReturnType<typeof found>>>;

const isSame = (a: Found, b: Found) => a.dev === b.dev && a.ino === b.ino;

/** By what the folders are, not by how they are written: through links, in other case. */
async function isBelow(file: string, folder: string): Promise<boolean> {
  const top = await found(folder);
  if (!top) return false;
  for (const above of await pathsUpwards(dirname(resolve(file)))) {
    const each = await found(above);
    if (each && isSame(each, top)) return true;
  }
  return false;
}
