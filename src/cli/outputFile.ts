import { constants, type Stats } from 'node:fs';
import { access, lstat, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { explained, isLink } from '../node/files/explain';
import { PlainFolder } from '../node/files/plainFolder';
import { assertTakesFiles } from '../node/files/takesFiles';

/**
 * Whether a file can be written, before anything is computed for it. `option` is what named it.
 * @param loss what would be lost with the content of the file that is there ("is not a figure"); null: nothing
 */
export async function checkOutputFile(
  file: string,
  option: string,
  loss: () => Promise<string | null>,
): Promise<void> {
  const path = resolve(file);
  const folder = dirname(path);
  if (!(await found(folder))?.isDirectory())
    throw new Error(`The folder ${folder} of ${option} does not exist. Make it first.`);
  const target = await found(path);
  if (target?.isDirectory()) throw new Error(`${option} ${file} is a folder: name a file in it.`);
  if (isDevice(target))
    return access(path, constants.W_OK).catch((error) => {
      throw explained(error, 'written', path);
    });
  // A file is replaced, not written to: the link would be lost, and what it leads to stay as it was.
  if ((await lstat(path).catch(() => null))?.isSymbolicLink()) throw isLink(path, 'written');
  await assertTakesFiles(folder);
  const lost = target && target.size > 0 ? await loss() : null;
  if (lost !== null)
    throw new Error(
      `${option} ${file} exists, and ${lost}: it would be lost. Give another name, or delete it first.`,
    );
}

/** There is the whole content in the end, or what was there before. */
export async function writeOutputFile(file: string, content: string | Uint8Array): Promise<void> {
  const path = resolve(file);
  if (!isDevice(await found(path))) return new PlainFolder(dirname(path)).replace(basename(path), content);
  await writeFile(path, content).catch((error) => {
    throw explained(error, 'written', path);
  });
}

const found = (path: string) => stat(path).catch(() => null);
/** Something as /dev/stdout is written to; a file is replaced. */
const isDevice = (target: Stats | null): boolean => target !== null && !target.isFile();
